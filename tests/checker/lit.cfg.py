# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The lit suite of the checker.  Substitutions:
#   %analyze  the checker as scan-build runs it; findings go to -verify
#   %scan     the plugin as leak62 scan runs it; facts go to %t.db
#   %plugin_only, %plugin_arg  the same, its arguments left to the test
#   %leaks    compares the path leaks of a facts file with the expectations
#   %dump     prints rows of a facts file
#   %cc1      clang's front end with the dialect of drivers
import os
import shlex

import lit.formats

here = os.path.dirname(__file__)
inputs = os.path.join(here, "Inputs")
plugin = config.leak62_plugin

config.name = "leak62 checker"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".c", ".cpp"]
config.excludes = ["Inputs"]
config.test_source_root = here
config.test_exec_root = config.leak62_build

dialect = ["-fms-extensions", "-w", "-isystem", inputs]
cc1 = [config.leak62_clang, "-cc1", "-triple", "x86_64-w64-mingw32", *dialect]
analyze = [*cc1, "-load", plugin, "-analyze", "-setup-static-analyzer",
           "-analyzer-checker=core.builtin,leak62", "-verify"]
driver = [config.leak62_clang, "--no-default-config", "--target=x86_64-w64-mingw32", *dialect,
          "-nostdinc"]
plug = [*driver, "-fsyntax-only", "-Xclang", "-load", "-Xclang", plugin,
        "-Xclang", "-plugin", "-Xclang", "leak62"]
scan = [*plug, "-Xclang", "-plugin-arg-leak62", "-Xclang"]


def command(words):
    return " ".join(shlex.quote(w) for w in words)


config.environment["PATH"] = os.pathsep.join(
    [os.path.dirname(config.leak62_filecheck), os.environ["PATH"]])
config.substitutions += [
    ("%analyze", command(analyze)),
    ("%scan", command(scan) + " out=%t.db"),
    ("%plugin_only", command(plug)),
    ("%plugin_arg", "-Xclang -plugin-arg-leak62 -Xclang"),
    ("%cc1", command(cc1)),
    ("%plugin\\b", shlex.quote(plugin)),
    ("%leaks", command([config.leak62_python, os.path.join(inputs, "leaks.py")])),
    ("%dump", command([config.leak62_python, os.path.join(inputs, "dump.py")])),
    ("FileCheck", command([config.leak62_filecheck])),
]
