"""How good what the audience infers is, on public data: figures beside what they are held against.

Pure: folders and an encoder come in, sections of figures come out.
"""
