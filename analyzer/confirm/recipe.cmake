# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# How a driver's sources become an image that the verifier core loads: the one recipe, for
# `leak62 confirm` (recipe.h is made from it) and for the drivers of the corpus and the tests.
#
# LEAK62_RECIPE_COMPILE  after the flags that say how the source is read
# LEAK62_RECIPE_C/_CXX   and these for C, for C++
# LEAK62_RECIPE_LINK     for ld.lld, before --pdb, -o, the objects and the libraries
set(LEAK62_RECIPE_COMPILE
    -O1 -g -gcodeview -fms-extensions -fno-stack-protector
    # There is no routine that probes the stack.
    -mno-stack-arg-probe
    # Without -Xclang it is ignored; without it an access in __try has no handler.
    -Xclang -fasync-exceptions
    # A frame for each function of the source: stacks read better.
    -fno-inline -fno-optimize-sibling-calls)
# The DDK's inline functions must be inlined, also inside __try.
set(LEAK62_RECIPE_C
    "-DFORCEINLINE=static __inline__ __attribute__((__always_inline__,__unused__))"
    # MSVC lets several files define a variable without a value, and an inline function, of
    # which a copy is there for those who do not inline it.
    -fcommon -fgnu89-inline)
set(LEAK62_RECIPE_CXX
    "-DFORCEINLINE=__inline__ __attribute__((__always_inline__,__unused__))"
    -fno-exceptions -fno-rtti -fno-threadsafe-statics)
set(LEAK62_RECIPE_LINK
    -m i386pep --subsystem=native --entry=DriverEntry --image-base=0x140000000 --dynamicbase
    --nxcompat --allow-multiple-definition --no-insert-timestamp)

# A list as the rows of a C array.
function(leak62_recipe_rows out)
  set(rows "")
  foreach(flag ${ARGN})
    string(APPEND rows " \"${flag}\",")
  endforeach()
  set(${out} "${rows}" PARENT_SCOPE)
endfunction()
