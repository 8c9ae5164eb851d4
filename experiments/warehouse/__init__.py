"""From a company's exposures and events to moments, defined once for every SQL engine (Ibis).

`columns` and `assembly` are plain Python; `definitions`, `aggregates` and `ages` import Ibis, so
import them late. None of these knows Django; `postgres` and the command do.
"""
