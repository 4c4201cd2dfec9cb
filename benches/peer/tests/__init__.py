"""The comparison without anything to compare: made-up results, made-up programs, a made-up model."""
