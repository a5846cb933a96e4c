"""Music: MIDI, MusicXML and arrays as piano rolls, packed for training."""
