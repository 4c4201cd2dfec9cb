"""Tests of the build of the voice; `python3 -m unittest discover artifacts` runs them in a few seconds,
offline.
"""
