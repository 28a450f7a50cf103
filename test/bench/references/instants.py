"""Times a reference max-min division and HiGHS on instant cases: python3 instants.py JUDGE_FOLDER, the files on stdin, JSON on stdout."""

import json
import math
import statistics
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import numpy as np  # noqa: E402
from lib_case import Model  # noqa: E402


def fair(model):
    admitted = model.admit()
    x = model.maxmin(admitted, True)
    floored = np.array([math.floor(v / e["step"] + 1e-6) * e["step"] for v, e in zip(x, model.evs)])
    return model.step_fill(floored, admitted)


def timed(call):
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def median_ms(seconds_of_call, seconds=1.0, least=3, most=50):
    times = []
    while len(times) < least or (sum(times) < seconds and len(times) < most):
        times.append(seconds_of_call())
    return 1e3 * statistics.median(times)


answers = {}
for path in json.load(sys.stdin):
    with open(path, encoding="utf-8") as file:
        model = Model(json.load(file))
    if any(ev["ok"] for ev in model.evs):
        answers[path] = {
            "fairMs": median_ms(lambda: timed(lambda: fair(model))),
            # The solver alone, without laying the programme out.
            "highsMs": median_ms(lambda: model.max_amps()[3]),
        }
json.dump(answers, sys.stdout)
