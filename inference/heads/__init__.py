"""Small trainable models over vectors and texts: sentiment, intents. Pure.

They know no encoder: who uses them hands in vectors, and names the encoder these come from.
"""
