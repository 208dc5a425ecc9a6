import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import threadpoolctl

from meviewer.core import blas_threads
from meviewer.core.blas_threads import single_blas_thread

NUMPY = np.__name__


def threads_of(library):
    pools = threadpoolctl.threadpool_info()
    return {pool["num_threads"] for pool in pools if library in pool["filepath"]}


@contextmanager
def two_threads():
    """A machine of one core starts with one thread: nothing could be seen there."""
    controller = threadpoolctl.ThreadpoolController()
    with blas_threads._control():
        limit = controller.limit(limits=2, user_api="blas")
    try:
        yield
    finally:
        with blas_threads._control():
            limit.restore_original_limits()


@contextmanager
def somebody_else_in_control():
    """Another thread that has set the number, and lives on."""
    openblas = threadpoolctl.OpenBLASController
    if hasattr(openblas, "clear_controlling_thread"):  # else nobody is ever in control
        openblas.clear_controlling_thread(force=True)
    with ThreadPoolExecutor(1) as other:
        other.submit(threadpoolctl.threadpool_limits, 2, "blas").result()
        yield other


def test_blas_has_one_thread_meanwhile():
    with two_threads():
        with single_blas_thread():
            with single_blas_thread():
                assert threads_of(NUMPY) == {1}
            assert threads_of(NUMPY) == {1}
        assert threads_of(NUMPY) == {2}


def test_even_if_another_library_has_set_it_back_meanwhile():
    others = threadpoolctl.threadpool_limits
    with two_threads(), single_blas_thread(), others(2, user_api="blas"):
        assert threads_of(NUMPY) == {2}
        with single_blas_thread():
            assert threads_of(NUMPY) == {1}


def test_even_if_another_thread_has_set_it_and_lives():
    with somebody_else_in_control(), two_threads():
        with single_blas_thread():
            assert threads_of(NUMPY) == {1}
        assert threads_of(NUMPY) == {2}


def test_nobody_is_ignored_because_of_it():
    with somebody_else_in_control() as other, two_threads():
        with single_blas_thread():
            pass
        other.submit(threadpoolctl.threadpool_limits, 1, "blas").result()
        assert threads_of(NUMPY) == {1}


def test_the_last_thread_out_restores_the_number_whoever_came_first():
    first_is_in, second_is_in = threading.Event(), threading.Event()

    def first():
        with single_blas_thread():
            first_is_in.set()
            assert second_is_in.wait(30)

    with two_threads(), ThreadPoolExecutor(1) as pool:
        gone = pool.submit(first)
        assert first_is_in.wait(30)
        with single_blas_thread():
            second_is_in.set()
            gone.result()
            assert threads_of(NUMPY) == {1}
        assert threads_of(NUMPY) == {2}


LATE = """
import numpy, threadpoolctl
from meviewer.core.blas_threads import single_blas_thread
with single_blas_thread():
    pass
with single_blas_thread():
    import scipy.linalg
    with single_blas_thread():
        print([pool["num_threads"] for pool in threadpoolctl.threadpool_info()])
print([pool["num_threads"] for pool in threadpoolctl.threadpool_info()])
"""


def test_blas_of_scipy_is_reached_too_though_it_comes_later():
    two = os.environ | {"OPENBLAS_NUM_THREADS": "2"}
    said = subprocess.run(
        [sys.executable, "-c", LATE], env=two, check=True, capture_output=True, text=True
    )
    assert said.stdout.split("\n")[:2] == ["[1, 1]", "[2, 2]"]
