# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Runs FUZZER RUNS times from SEEDS in WORK; an input that breaks something is left there.
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/corpus)
file(GLOB found ${SEEDS}/*)
if(NOT found)
  message(FATAL_ERROR "there are no seeds in ${SEEDS}")
endif()
execute_process(
  COMMAND ${FUZZER} -runs=${RUNS} -seed=1 -timeout=20 -verbosity=0 -print_final_stats=1
          -artifact_prefix=${WORK}/ ${WORK}/corpus ${SEEDS}
  RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
if(NOT status EQUAL 0 OR NOT text MATCHES "number_of_executed_units: ${RUNS}")
  message(FATAL_ERROR "${text}\nthe fuzzer ended with ${status}")
endif()
