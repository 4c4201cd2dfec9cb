"""The model with which the engine speaks words that are in no dictionary: trained, written, judged.

`python -m letter_to_sound train` writes `engine/src/text/letter_to_sound/model.bin` from misaki's dictionaries, the same
bytes each time; `evaluate` compares it with espeak-ng on words that it never saw. `words`, `alignment`, `ngrams`, `model_file`
and `decoding` are the steps in their order. Needs NumPy, which the environment of the voice has; knows nothing of the voice.
"""
