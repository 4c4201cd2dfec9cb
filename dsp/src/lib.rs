//! Signal processing for the Utter speech engine.
