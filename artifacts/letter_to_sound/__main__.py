"""The command: `train` writes the model file, `evaluate` judges it.

Run from `artifacts/` with the interpreter that `artifacts/voice python` names, or any other that has NumPy.
"""

import argparse

from . import evaluation, fixture, model_file, training, words


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python -m letter_to_sound", description=__doc__)
    parser.add_argument("do", choices=["train", "evaluate"])
    asked = parser.parse_args()
    data = words.folder()
    if asked.do == "train":
        file = model_file.pack(training.train(data))
        model_file.PATH.write_bytes(file)
        fixture.PATH.write_text(fixture.text(data), encoding="utf-8")
        print(f"{model_file.PATH}: {len(file)} bytes")
    else:
        evaluation.evaluate(data, print)


if __name__ == "__main__":
    main()
