"""Makes the crates of `models.py`, and measures what cargo takes for them. See `run.sh`."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from models import PEERS

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "target" / "peers"
RUNS = int(os.environ.get("RUNS", "3"))


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def cargo(folder, command):
    """What a cargo and its processes took: seconds of a processor, and the most KiB that one had resident."""
    environment = dict(os.environ, CARGO_TARGET_DIR=str(folder / "target"))
    environment.pop("CARGO_INCREMENTAL", None)
    process = subprocess.Popen(
        ["cargo", command, "--quiet", "--locked"], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    errors = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"cargo {command} in {folder}:\n{errors[-4000:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def cold(folder, command):
    """The crate alone, as if it were compiled for the first time."""
    name = re.search(r'^name = "(.*)"', (folder / "Cargo.toml").read_text(), re.M).group(1)
    for kept in (folder / "target/debug/incremental").glob(f"{name}-*"):
        shutil.rmtree(kept)
    (folder / "src/lib.rs").touch()
    return cargo(folder, command)


def lines(folder, peer):
    files = (folder / "target").glob("debug/build/*/out/rex/*.rs") if peer == "rex" else [folder / "src/lib.rs"]
    return sum(file.read_text().count("\n") for file in files)


def measure(peer, models):
    folder = FOLDER / peer
    folder.mkdir(parents=True, exist_ok=True)
    manifest = (HERE / peer / "Cargo.toml").read_text()
    manifest = manifest.replace('path = "../../..', f'path = "{HERE.parents[1]}')
    (folder / "Cargo.toml").write_text(manifest)
    lock = HERE / peer / "Cargo.lock"
    shutil.copy(lock if lock.exists() else HERE.parents[1] / "Cargo.lock", folder / "Cargo.lock")
    files = PEERS[peer]
    write(folder, files(models, None))
    if peer == "rex":
        # The workspace's own lock file, with this crate in it.
        subprocess.run(["cargo", "update", "--quiet", "--workspace"], cwd=folder, check=True)
    cargo(folder, "check")
    written = lines(folder, peer)
    checks = sorted(cold(folder, "check") for _ in range(RUNS))
    changes = []
    for changed in [models // 2, None] * RUNS:
        write(folder, files(models, changed))
        changes.append(cargo(folder, "check")[0])
    cargo(folder, "build")
    builds = sorted(cold(folder, "build") for _ in range(RUNS))
    shutil.rmtree(folder)
    middle = RUNS // 2
    return written, checks[middle][0], sorted(changes)[RUNS], builds[middle][0], max(rss for _, rss in checks)


def main():
    models = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"| {models} models | lines | check | changed | build | memory |\n|---|---|---|---|---|---|", flush=True)
    for peer in sys.argv[2:] or PEERS:
        written, check, change, build, memory = measure(peer, models)
        print(
            f"| {peer} | {written} | {check:.2f} s | {change:.2f} s | {build:.2f} s | {memory >> 10} MiB |", flush=True
        )


main()
