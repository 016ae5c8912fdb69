#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Validates SARIF files with Microsoft's SARIF Multitool.

    sarif_validate.py --tools FOLDER [--generate COMMAND] [FILE...]

FOLDER keeps the tool between runs (npm installs it there once).  COMMAND is run
with a fresh folder; every *.sarif that it writes there is validated too.

The tool ends with 0 whatever it finds, so what counts is the log that it
writes: no error is let through, and no warning but those named below.  Its own
rules, GitHub's and Azure DevOps's are checked.  Before that, a file with known
errors must be found wanting, lest a tool that checks nothing passes for health.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

PACKAGE = "@microsoft/sarif-multitool"
VERSION = "5.7.0"
RULE_KINDS = ("Sarif;Ghas", "Sarif;Ado")
# leak62 has no home page to name; a made-up one would be worse than none.
ALLOWED_WARNINGS = {("SARIF2005", "Warning_ProvideToolnformationUri")}
NPM_SECONDS = 600
VALIDATE_SECONDS = 300

BROKEN = {
    "version": "2.1.0",
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
    "runs": [{
        "tool": {"driver": {"name": "leak62", "rules": [{"id": "LEAK6201"}]}},
        "results": [{
            "ruleId": "LEAK6201", "ruleIndex": 0, "message": {"text": "broken"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a b.c"}}}],
        }],
    }],
}
# By rule kind: errors that the file above must be given.
BROKEN_ERRORS = {
    "Sarif;Ghas": {"SARIF1002", "GH2012"},
    "Sarif;Ado": {"SARIF1002", "GHAzDO1014"},
}


class Failure(Exception):
    """One sentence that says why nothing could be validated."""


def tool_path(tools):
    system = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}[platform.system()]
    name = "Sarif.Multitool.exe" if system == "win32" else "Sarif.Multitool"
    return tools / "node_modules" / f"{PACKAGE}-{system}" / name


def install(tools):
    """The tool's own program.  Its npm wrapper hands arguments to a shell without
    quoting them, which loses what follows the ';' of a rule kind."""
    stamp = tools / f"installed-{VERSION}"
    tool = tool_path(tools)
    if not (stamp.exists() and tool.exists()):
        tools.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(tools), "--no-audit", "--no-fund",
                   "--no-save", f"{PACKAGE}@{VERSION}"]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, timeout=NPM_SECONDS, check=False)
        except FileNotFoundError:
            raise Failure("npm is missing, so SARIF cannot be validated: "
                          "apt-get install npm.") from None
        except subprocess.TimeoutExpired:
            raise Failure(f"npm did not install {PACKAGE}@{VERSION} in {NPM_SECONDS} seconds, "
                          "so SARIF cannot be validated: check the network.") from None
        if done.returncode != 0 or not tool.exists():
            raise Failure(f"npm could not install {PACKAGE}@{VERSION}, so SARIF cannot be "
                          f"validated: check the network. npm said:\n{done.stdout.rstrip()}")
        tool.chmod(tool.stat().st_mode | 0o111)  # where npm runs no install scripts
        stamp.touch()
    return tool


def validate(tool, kind, files, folder):
    """(file, level, rule, text, message id) of all that the tool has to say."""
    log = folder / "validation.sarif"
    command = [str(tool), "validate", *map(str, files), "--rule-kind", kind,
               "--level", "Error;Warning", "--log", "ForceOverwrite", "--output", str(log)]
    # The bundled .NET runtime would otherwise need libicu for texts it never shows.
    env = dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1")
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=env, timeout=VALIDATE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(f"the SARIF Multitool could not be run: {error}.") from None
    if done.returncode != 0 or not log.exists():
        raise Failure(f"the SARIF Multitool ended with {done.returncode}:\n{done.stdout.rstrip()}")
    if f"{len(files)} files scanned" not in done.stdout:
        raise Failure(f"the SARIF Multitool did not read {len(files)} files:\n"
                      f"{done.stdout.rstrip()}")
    run = json.loads(log.read_text(encoding="utf-8-sig"))["runs"][0]
    for invocation in run.get("invocations", []):
        problems = (invocation.get("toolExecutionNotifications", [])
                    + invocation.get("toolConfigurationNotifications", []))
        bad = [p for p in problems if p.get("level") == "error"]
        if bad or not invocation["executionSuccessful"]:
            raise Failure(f"the SARIF Multitool failed inside: {json.dumps(problems)}")
    return [describe(run, result) for result in run.get("results", [])]


def describe(run, result):
    location = result["locations"][0]["physicalLocation"]
    artifact = location["artifactLocation"]
    uri = artifact.get("uri") or run["artifacts"][artifact["index"]]["location"]["uri"]
    line = location.get("region", {}).get("startLine", 0)
    message = result["message"]
    text = " ".join([message.get("text") or message.get("id", ""),
                     *map(str, message.get("arguments", []))])
    return (f"{uri}({line})", result.get("level", "warning"), result["ruleId"], text,
            message.get("id"))


def check_the_checker(tool, kind, folder):
    broken = folder / "broken.sarif"
    broken.write_text(json.dumps(BROKEN), encoding="utf-8")
    found = {rule for _, level, rule, _, _ in validate(tool, kind, [broken], folder)
             if level == "error"}
    missing = BROKEN_ERRORS[kind] - found
    if missing:
        raise Failure(f"the SARIF Multitool with rules {kind} misses {sorted(missing)} in a "
                      "file made to be wrong; its answers cannot be trusted.")


def allowed(level, rule, message_id):
    return level != "error" and any(rule.startswith(name) and message_id == text
                                    for name, text in ALLOWED_WARNINGS)


def main():
    parser = argparse.ArgumentParser(description="Validates SARIF files.")
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--generate")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    try:
        tool = install(options.tools.resolve())
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            files = [file.resolve(strict=True) for file in options.files]
            if options.generate:
                samples = folder / "samples"
                samples.mkdir()
                subprocess.run([options.generate, str(samples)], check=True)
                files += sorted(samples.glob("*.sarif"))
            if not files:
                raise Failure("there is no SARIF file to validate.")
            bad = 0
            for kind in RULE_KINDS:
                check_the_checker(tool, kind, folder)
                for place, level, rule, text, message_id in validate(tool, kind, files, folder):
                    if not allowed(level, rule, message_id):
                        print(f"{place}: {level} {rule}: {text}")
                        bad += 1
    except (Failure, OSError, subprocess.CalledProcessError) as error:
        print(f"sarif_validate: {error}", file=sys.stderr)
        return 1
    print(f"{len(files)} files, {bad} errors and warnings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
