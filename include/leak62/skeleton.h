/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Two text formats between the plugin and the solver of analyzer/summary.
 *
 * A skeleton is what a translation unit's functions do to pointers and to the
 * values that decide about them; the plugin writes it from the control-flow
 * graphs alone, without exploring paths.  A summary is what the solver finds a
 * function to do to what its caller owns, one line per distinct outcome; the
 * plugin applies it at calls to functions that it does not look into.
 *
 * Both are lines of words separated by one blank.  Words that may hold blanks
 * or percent signs (paths, names) are percent-encoded (g_uri_escape_string).
 *
 * SKELETON
 *
 *   leak62-skeleton 2            first line
 *   T PATH                       absolute path of the main file
 *   F NAME SCOPE FILE LINE RET NPARAMS NVARS NBLOCKS
 *                                a function; SCOPE: e external, s static;
 *                                RET: v nothing, i signed integer (NTSTATUS),
 *                                u unsigned or boolean, p pointer, o other
 *   V CLASS...                   class of each variable, NVARS words; the first
 *                                NPARAMS are the parameters: p i u o as above,
 *                                a: a structure or array in place
 *   B                            a block; they are numbered from 0, the entry
 *     ops, then one terminator
 *   E                            end of the function
 *   Y RECORD                     there is an array of such records: one is not the other
 *   P ^PATH NAME SCOPE [^PATH #INT]...
 *                                anywhere between functions: the routine NAME is put
 *                                there, by an initialiser or an assignment; then the
 *                                numbers in the same row of a table
 *
 * A value is vN (variable), &vN (address of a local variable or of something in
 * it), #INT (constant), or ? (unknown).
 * A place is vN:FIELD (field of what vN points to; FIELD is a name, names joined
 * by dots, or * for the pointee itself or an element), &vN:FIELD (a field of a
 * local structure), @NAME (a global; NAME may hold dots).
 *
 * The last word of an op may be ^PATH: the access path (analyzer/facts/schema.sql) of
 * the place, or of the address that A makes.  At its end [VALUE] (or [], [?]) for an
 * element of an array of that index; behind the name of a record, as in FRAME[v1].Data,
 * for a field of such an element.  ^list PATH: the place is the head of a list;
 * ^list: of one that the place tells.  ^&PATH: the value is the address of PATH.
 *
 *   # LINE                       the following ops stand in that line
 *   = vD VALUE                   assignment
 *   L vD PLACE                   load; from a list head: some element
 *   W PLACE VALUE                store; inserting into a list stores the entry
 *                                into the head's place
 *   W0 PLACE VALUE               the same if the place holds null
 *   A vD VALUE [FIELD]           address of something inside the same object
 *                                (&p->field, CONTAINING_RECORD, casts); FIELD:
 *                                of that field, a pointer, number or list head:
 *                                vD:* is the field, any other field of vD one of
 *                                the whole object; where vD is stored, the
 *                                object is linked, as into a list
 *   D vD OP VALUE VALUE          computed; OP as C writes it, or wait: the result of a
 *                                wait for one object, zero if the first VALUE is
 *   E vD PLACE                   zero if the list of that head has an entry
 *   C vD|- NAME SCOPE VALUE...   call of a function of the driver
 *   I vD|- VALUE...              call through a pointer, of what is put in ^PATH
 *   K vD|- VALUE...              call of a kernel routine: takes no ownership,
 *                                may write to what &vN points to; ^ at the end: the
 *                                result depends on what the driver's memory holds;
 *                                ^live: it works until the driver is being removed;
 *                                ^stops: zero if it is too late to keep a routine of
 *                                the driver from running
 *   T VALUE                      a kernel routine may write to what it points to
 *   acq KIND API LINE FAILS vS|- DEST
 *                                a resource comes to DEST (vN or a place);
 *                                FAILS: null (DEST is null then), status (vS is
 *                                then negative and nothing was acquired, else
 *                                zero), boolean (vS is then zero, else positive),
 *                                never
 *   rel KINDS VALUE              released; KINDS joined by commas
 *   relat KINDS PLACE            what the place holds (or is) is released, and
 *                                the place is then null
 *   give VALUE                   handed over for good (work item context, IRP);
 *                                ^lent: to a routine that releases nothing
 *   giveif vS VALUE              the same if vS is not negative
 *   ref VALUE, unref VALUE       a reference count goes up, down
 *
 *   J N                          terminators: to block N
 *   ? vX REL #INT T F            REL: == != < <= > >=; to T if true, else to F
 *   S VALUE N|- #INT N...        to the block of that number, else to the first
 *   M N...                       to any of them
 *   R VALUE|-                    return
 *   X                            does not return
 *
 * SUMMARIES
 *
 *   leak62-summaries 1           first line
 *   S NAME SCOPE NPARAMS FLAGS   SCOPE: e, or the path of its T line if static;
 *                                FLAGS: - or incomplete (the solver gave up:
 *                                no O lines; callers must assume anything)
 *   O RET VALUE [CLAUSE...]      an outcome; an S line without any never returns
 *
 * The same function is there once; one that is not there is as an incomplete one.
 *
 * RET is a set of signs: letters of "nzp" (negative, zero, positive; pointers:
 * z null, p not null), or - for functions that return nothing.
 * VALUE is what is returned: -, param:I (that argument itself), from:I:FIELD
 * (loaded from it, borrowed), fresh:KIND:API:FILE:LINE (the caller owns it), ref (a
 * counted reference to an existing object).
 * Clauses (I, J: parameter numbers from 0; PATH: . for what the argument points
 * to, a field name for what that field of it points to (or the object in that
 * field), * for anything further behind it, be it one element or all).  Within
 * their words a colon is %3A.  All speak of the objects that were there before
 * the call, in no order:
 *
 *   pre:I:SIGNS                  holds only if argument I was one of those
 *   rel:I:PATH:KINDS             released; if it is null, nothing was
 *   keep:I:PATH                  stored where the caller cannot tell, or given,
 *                                or not known to be left alone
 *   into:I:PATH:J:FIELD          stored into FIELD of argument J; *: its pointee,
 *                                or linked somewhere behind it
 *   fill:J:FIELD:KIND:API:FILE:LINE
 *                                that field of argument J (* = the pointee)
 *                                holds a new resource, the caller's to release;
 *                                what was linked into a list is the list's and
 *                                is not told
 *   fillref:J:FIELD              ... a counted reference to an existing object
 *   null:J:FIELD                 that field of argument J is null, now or still
 *   write:J:FIELD                ... was overwritten with something else, or may
 *                                have been
 *   ref:I:PATH, unref:I:PATH     its reference count goes up, down; who gives
 *                                back the last reference also releases it
 *
 * Outcomes differ in what the caller can see, RET and pre, or in what became of
 * something; a member that was null and one that was released are one outcome, and
 * so are no rounds of a loop over a list and many.
 *
 * What an outcome does not mention it leaves alone.
 */
#ifndef LEAK62_SKELETON_H
#define LEAK62_SKELETON_H

#define L62_SKELETON_HEADER "leak62-skeleton 2"
#define L62_SUMMARIES_HEADER "leak62-summaries 1"

#endif
