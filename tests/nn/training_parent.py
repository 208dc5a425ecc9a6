"""A program that trains in a child process and may be killed: the job comes as JSON on stdin.

It says the id of its child, then ``trains`` once the first epoch is done.
"""

import sys
import threading

from meviewer.experiment import records
from meviewer.experiment.records import EpochDone
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import decode_job


def main():
    job = decode_job(sys.stdin.buffer.readline())
    worker, ended, told = WorkerProcess(), threading.Event(), []

    def hear(line):
        if not told and isinstance(records.decode(line), EpochDone):
            told.append(True)
            print("trains", flush=True)

    worker.start(job, hear, lambda end: (print(end, flush=True), ended.set()))
    print(worker.pid, flush=True)
    ended.wait()


if __name__ == "__main__":
    main()
