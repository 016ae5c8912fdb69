# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The judge of the findings: runs of the driver in, verdicts out.
set(judge ${PROJECT_SOURCE_DIR}/analyzer/confirm)
add_library(leak62_judge STATIC
  ${judge}/judge.c
  ${judge}/judge_db.c
  ${judge}/judge_kinds.c
  ${judge}/judge_path.c
  ${judge}/judge_verified.c)
target_include_directories(leak62_judge PRIVATE ${PROJECT_SOURCE_DIR}/analyzer)
target_link_libraries(leak62_judge
  PUBLIC leak62_base leak62_link leak62_verifier
  PRIVATE PkgConfig::SQLITE leak62_warnings)
leak62_embed(leak62_judge ${judge}/confirm.sql l62_sql_confirm)
