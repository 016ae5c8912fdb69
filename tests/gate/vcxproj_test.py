#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""leak62 gate --since of Visual Studio's projects: the commit is scanned as its own are.

  vcxproj_test.py --leak62 BIN --clang CLANG [GROUP [-v]]
"""
from story_test import FREE_DELETED, FREE_OF_REQUEST, NEW_LEAK, Repository  # puts tests/cli on the path
from projects_test import LINE, PROJECT, SOLUTION

import scan_test

MAIN = ("--since", "main")
# Whether Request frees is decided in the project.
KEPT = FREE_OF_REQUEST.replace("\t\tExFree", "#ifndef KEEP\n\t\tExFree").replace(
    "TAG);\n", "TAG);\n#endif\n")


class VisualStudio(Repository):
    """ferry: Src/Entry.c and Src/Io.c, named in other case."""

    def setUp(self):
        super().setUp()
        self.git("mv", "src", "Src")
        self.edit("Src/io.c", "#include <wdm.h>", '#include "SHARED.H"')
        self.write("inc/Shared.h", "#include <WDM.h>\n")
        self.project("ferry/Ferry.vcxproj", "..\\src\\ENTRY.c", "..\\src\\io.c")
        self.solution("all.sln", "ferry\\ferry.vcxproj")
        self.commit("Projects")
        self.git("checkout", "-q", "-b", "work")

    def project(self, path, *sources, name="ferry", driver="WDM", kind="Driver", more=""):
        items = "".join(f'<ClCompile Include="{source}" />' for source in sources)
        return self.write(path, PROJECT.format(name=name, driver=driver, kind=kind, more=more,
                                               items=items, wdk="..\\WDK;..\\Inc"))

    def solution(self, path, *projects):
        return self.write(path, SOLUTION + "".join(LINE.format(one) for one in projects))

    def since(self, *files, expect=0, **counts):
        done = self.run_leak62("gate", *MAIN, *files)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        self.assertNotIn("could not be", done.stdout + done.stderr)
        wanted = tuple(counts.get(one, 0) for one in ("new", "known", "fixed"))
        self.assertEqual(self.counts(done), wanted, done.stdout + done.stderr)
        return done

    def test_deleted_free(self):
        for file in ("ferry/Ferry.vcxproj", "all.sln"):
            self.since(file, known=1)
            self.edit("Src/io.c", FREE_OF_REQUEST, FREE_DELETED)
            done = self.since(file, expect=1, new=1, known=1)
            line = self.line_of("Src/io.c", "return status;", after="PVOID buffer")
            self.assertIn(f"changed at Src/io.c({line})", done.stdout)
            self.git("checkout", "-q", ".")

    def test_from_another_folder(self):
        self.edit("Src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        done = self.run_leak62("gate", *MAIN, "Ferry.vcxproj", cwd=self.path("ferry"))
        self.assertEqual(self.counts(done), (1, 1, 0), done.stdout + done.stderr)

    def test_macro_of_the_project(self):
        """What a changed project brings in is new, though no source has changed."""
        self.edit("Src/io.c", FREE_OF_REQUEST, KEPT)
        self.commit("A choice")
        self.git("branch", "-f", "main")
        self.edit("ferry/Ferry.vcxproj", "POOL_NX_OPTIN=1", "POOL_NX_OPTIN=1;KEEP")
        for file in ("ferry/Ferry.vcxproj", "all.sln"):
            self.since(file, expect=1, new=1, known=1)

    def test_renamed_project(self):
        self.git("mv", "ferry", "boat")
        self.git("mv", "boat/Ferry.vcxproj", "boat/Boat.vcxproj")
        self.solution("all.sln", "boat\\boat.vcxproj")
        self.commit("Another name")
        for file in ("boat/Boat.vcxproj", "all.sln"):
            self.since(file, known=1)

    def test_project_made_anew(self):
        """Git does not see that the project is another's; the sources were of one."""
        self.project("Src/mine.vcxproj", "entry.c", "io.c", name="mine")
        self.git("rm", "-q", "-r", "ferry")
        self.commit("Beside its sources")
        self.git("branch", "-f", "main")
        self.git("mv", "Src", "driver")
        self.git("rm", "-q", "-f", "driver/mine.vcxproj")
        self.project("driver/drv.vcxproj", "entry.c", "io.c", name="drv",
                     more="<!--" + "another text\n" * 300 + "-->")
        self.commit("Another project")
        self.since("driver/drv.vcxproj", known=1)

    def test_added_driver(self):
        """All that it brings is new; with the first one there is nothing to compare."""
        self.write("more/entry.c", "#include <wdm.h>\n" + NEW_LEAK)
        self.project("more/more.vcxproj", "entry.c", name="more")
        self.solution("all.sln", "ferry\\ferry.vcxproj", "more\\more.vcxproj")
        for committed in (False, True):
            self.since("more/more.vcxproj", expect=1, new=1)
            self.since("all.sln", expect=1, new=1, known=1)
            if not committed:
                self.commit("Another driver")
        self.project("ferry/Ferry.vcxproj", "..\\src\\io.c", kind="Application", driver="")
        self.commit("No driver")
        self.git("branch", "-f", "main")
        self.project("ferry/Ferry.vcxproj", "..\\src\\ENTRY.c", "..\\src\\io.c")
        self.since("ferry/Ferry.vcxproj", expect=1, new=1)

    def test_added_solution(self):
        """The projects were there before."""
        self.solution("new.sln", "ferry\\ferry.vcxproj")
        self.since("new.sln", known=1)

    def test_deleted_source(self):
        self.git("rm", "-q", "Src/io.c")
        self.project("ferry/Ferry.vcxproj", "..\\src\\ENTRY.c")
        self.commit("Less")
        self.since("ferry/Ferry.vcxproj", fixed=1)

    def test_generated_project(self):
        """What git does not know has no past: then the commands of now count."""
        self.write("build/gen.vcxproj", self.read("ferry/Ferry.vcxproj"))
        self.edit("Src/io.c", '"SHARED.H"', "<wdm.h>")
        self.commit("No other case")
        self.git("branch", "-f", "main")
        self.edit("Src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        self.since("build/gen.vcxproj", expect=1, new=1, known=1)

    def test_other_driver_is_not_to_blame(self):
        """A new finding is not put where another driver has lost a free."""
        self.write("more/entry.c", "#include <wdm.h>\n" + NEW_LEAK)
        self.project("more/more.vcxproj", "entry.c", name="more")
        self.solution("all.sln", "ferry\\ferry.vcxproj", "more\\more.vcxproj")
        self.edit("more/entry.c", "'wena'", "'wenb'")
        self.edit("Src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        done = self.since("all.sln", expect=1, new=2, known=1)
        self.assertEqual(done.stdout.count("here stood"), 1, done.stdout)


if __name__ == "__main__":
    scan_test.main()
