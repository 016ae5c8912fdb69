#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The examples of continuous integration: their keys are those that each system knows, and
their commands, run in their order on a repository, pass and fail as they must.

  examples_test.py --leak62 BIN --clang CLANG [GROUP [-v]]
"""
import json
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "gate"))

import story_test  # noqa: E402
from story_test import FREE_DELETED, FREE_OF_REQUEST, Repository, scan_test  # noqa: E402

try:
    import yaml
except ImportError:
    sys.exit("PyYAML is missing, so the examples cannot be read: apt-get install python3-yaml")


class Loader(yaml.SafeLoader):
    """YAML 1.2's booleans: `on` is a key of GitHub's, and no key stands twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"'{key}' stands twice",
                                                        node.start_mark)
        return super().construct_mapping(node, deep)


Loader.yaml_implicit_resolvers = {
    letter: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:bool"]
    for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), "tf")


def load(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return yaml.load(file, Loader)


CMAKE = """cmake_minimum_required(VERSION 3.25)
project(drivers C)
add_library(mydriver OBJECT src/entry.c src/io.c)
target_include_directories(mydriver PRIVATE wdk)
"""


class Examples(Repository):
    def setUp(self):
        super().setUp()
        self.write("CMakeLists.txt", CMAKE)
        self.home = os.path.join(self.dir, ".git", "home")
        os.makedirs(self.home)
        self.leak62("gate", "--baseline", "leak62.baseline", "--update-baseline", "-p", "build")
        self.commit("What is known")
        self.git("update-ref", "refs/remotes/origin/main", "main")
        self.git("checkout", "-q", "-b", "work")

    def leak62(self, *args):
        done = self.run_leak62(*args)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def keys(self, mapping, needed, allowed=()):
        """Has all that are needed, and no others than are allowed."""
        self.assertIsInstance(mapping, dict)
        self.assertLessEqual(set(needed), set(mapping), mapping)
        self.assertLessEqual(set(mapping), {*needed, *allowed}, mapping)

    def shell(self, script, **env):
        """As the systems run a script: with a shell that stops at the first failure."""
        self.assertNotRegex(script, r"\$\{\{|\$\[|\$\(\w+\)")
        variables = {key: value for key, value in os.environ.items()
                     if not key.startswith(("GITHUB_", "CI_", "SYSTEM_"))}
        tools = os.path.dirname(scan_test.TOOLS.leak62)
        variables.update(env, HOME=self.home, CC=scan_test.TOOLS.clang,
                         PATH=f"{tools}{os.pathsep}{os.environ['PATH']}")
        return subprocess.run(["bash", "-e", "-c", script], cwd=self.dir, env=variables,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, check=False)

    def run_all(self, scripts, **env):
        """Returns the first that fails, or the last."""
        for script in scripts:
            done = self.shell(script, **env)
            if done.returncode:
                break
        return done

    def runs(self, scripts, sarif, **env):
        """The commands fail on a free that is gone, on its line, and pass without that."""
        done = self.run_all(scripts, **env)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        self.commit("One free less")
        done = self.run_all(scripts, **env)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        line = self.line_of("src/io.c", "return status;", after="PVOID buffer")
        if sarif:
            run, = json.loads(self.read(sarif))["runs"]
            self.assertIn("/mydriver/", run["automationDetails"]["id"])
            fresh, = [result for result in run["results"] if result["baselineState"] == "new"]
            region = fresh["locations"][0]["physicalLocation"]["region"]
            self.assertEqual(region["startLine"], line)
        self.edit("src/io.c", FREE_DELETED, FREE_OF_REQUEST)
        self.commit("It is back")
        again = self.run_all(scripts, **env)
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        return done, line

    def test_github(self):
        workflow = load("tests/ci/examples/github.yml")
        self.keys(workflow, ["name", "on", "permissions", "jobs"])
        self.assertEqual(set(workflow["on"]), {"push", "pull_request"})
        self.assertEqual(workflow["permissions"],
                         {"contents": "read", "security-events": "write"})
        job, = workflow["jobs"].values()
        self.keys(job, ["runs-on", "steps"], ["container", "strategy"])
        drivers = job["strategy"]["matrix"]["driver"]
        self.assertEqual(drivers, ["mydriver"])
        names = {step.get("id") for step in job["steps"]}
        scripts = []
        for step in job["steps"]:
            self.keys(step, [], ["name", "id", "if", "uses", "with", "run"])
            self.assertEqual(("uses" in step) + ("run" in step), 1, step)
            if "uses" in step:
                self.assertRegex(step["uses"], r"^[\w-]+/[\w/-]+@v\d+$")
            else:
                scripts.append(step["run"].replace("${{ matrix.driver }}", drivers[0]))
            for name in re.findall(r"steps\.(\w+)\.", step.get("if", "")):
                self.assertIn(name, names)
        checkout, upload = job["steps"][0], job["steps"][-1]
        self.assertEqual(checkout["with"], {"fetch-depth": 0})
        self.keys(upload["with"], ["sarif_file", "category"])
        self.assertIn("${{ matrix.driver }}", upload["with"]["category"])
        done, line = self.runs(scripts, upload["with"]["sarif_file"],
                               GITHUB_BASE_REF="main", GITHUB_ACTIONS="true")
        self.assertIn(f"::error file=src/io.c,line={line},", done.stdout)

    def test_azure(self):
        pipeline = load("tests/ci/examples/azure-pipelines.yml")
        self.keys(pipeline, ["trigger", "pr", "pool", "steps"], ["strategy", "container"])
        (name, variables), = pipeline["strategy"]["matrix"].items()
        self.assertEqual((name, variables), ("mydriver", {"driver": "mydriver"}))
        scripts, folders = [], []
        for step in pipeline["steps"]:
            kind, = {"checkout", "script", "task"} & set(step)
            if kind == "checkout":
                self.keys(step, ["checkout", "fetchDepth"])
                self.assertEqual(step["fetchDepth"], 0)
            elif kind == "script":
                self.keys(step, ["script"], ["displayName"])
                scripts.append(step["script"].replace("$(driver)", variables["driver"]))
            else:
                self.keys(step, ["task", "inputs"], ["condition", "displayName"])
                self.assertRegex(step["task"], r"^[\w-]+@\d+$")
                self.assertEqual(step["condition"], "succeededOrFailed()")
                folders += [value for key, value in step["inputs"].items()
                            if key in ("SarifsInputDirectory", "PathtoPublish")]
        self.assertEqual([folder.split("/")[-1] for folder in folders], ["sarif", "sarif"])
        self.runs(scripts, "sarif/leak62-mydriver.sarif",
                  SYSTEM_PULLREQUEST_TARGETBRANCHNAME="main")

    def test_gitlab(self):
        (name, job), = load("tests/ci/examples/gitlab-ci.yml").items()
        self.assertEqual(name, "leak62")
        self.keys(job, ["script", "artifacts"],
                  ["stage", "image", "rules", "variables", "parallel"])
        self.assertEqual(job["variables"], {"GIT_DEPTH": "0"})
        self.assertEqual(job["parallel"], {"matrix": [{"DRIVER": ["mydriver"]}]})
        self.keys(job["artifacts"], ["reports"], ["when", "paths"])
        self.assertEqual(job["artifacts"]["when"], "always")
        for rule in job["rules"]:
            self.keys(rule, ["if"], ["when"])
        sarif = job["artifacts"]["reports"]["sarif"].replace("$DRIVER", "mydriver")
        self.runs(job["script"], sarif, DRIVER="mydriver",
                  CI_MERGE_REQUEST_DIFF_BASE_SHA=self.git("rev-parse", "main"))

    def test_hooks(self):
        hooks = load(".pre-commit-hooks.yaml")
        for hook in hooks:
            self.keys(hook, ["id", "name", "entry", "language"],
                      ["description", "args", "types_or", "pass_filenames", "require_serial",
                       "stages"])
            self.assertEqual((hook["language"], hook["pass_filenames"]), ("system", False))
            self.assertLessEqual(set(hook["stages"]), {"pre-commit", "pre-push", "manual"})
        known, since = [f"{hook['entry']} {shlex.join(hook['args'])}" for hook in hooks]
        self.runs([known], None)
        self.assertEqual(self.shell(since).returncode, 0)
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        done = self.shell(since)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("1 new finding, 1 known", done.stdout)

    def test_hook_of_git(self):
        """git sets variables of its own around a hook; they must not lead astray."""
        example = load("tests/ci/examples/pre-commit-config.yaml")
        hook, = example["repos"][0]["hooks"]
        self.keys(example["repos"][0], ["repo", "hooks"])
        self.keys(hook, ["id", "name", "entry", "language"],
                  ["types_or", "pass_filenames", "stages"])
        tools = os.path.dirname(scan_test.TOOLS.leak62)
        for entry in (hook["entry"], "leak62 gate --since HEAD -p build"):
            self.write(".git/hooks/pre-commit",
                       f"#!/bin/sh\nPATH={shlex.quote(tools)}:$PATH\n{entry}\n", mode=0o755)
            self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
            done = subprocess.run(["git", "commit", "-a", "-m", "One free less"], cwd=self.dir,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertIn("1 new finding, 1 known", done.stdout + done.stderr)
            self.edit("src/io.c", FREE_DELETED, FREE_OF_REQUEST)
            self.commit("Nothing new")


if __name__ == "__main__":
    assert story_test
    scan_test.main()
