"""What the lite encoder may learn from: every source with its licence, and how often its pairs are drawn.

The card names the same sources. Left out for unclear terms: ppdb, ewt, snli, taskmaster, novels.
"""

# source → (licence, weight of its pairs: draws are by weight × count^0.75; None for text without pairs).
# Weights: those of the best quick check of earlier code, with another vocabulary; not tuned one by one. wikisplit and disfl_qa: judgement.
SOURCES: dict[str, tuple[str, float | None]] = {
    "advising": ("CC BY 4.0", 0.5),
    "banking77": ("CC BY 4.0", 0.3),
    "banking77_qq": ("CC BY 4.0", 0.3),
    "clinc150": ("CC BY 3.0", 0.4),
    "clinc_wiki": ("CC BY-SA 3.0", None),
    "coco": ("CC BY 4.0", 2.0),
    "corpora": ("CC0 1.0", 1.0),
    "disfl_qa": ("CC BY-SA 4.0", 1.0),
    "e2e": ("CC BY-SA 4.0", 0.3),
    "emojilib": ("MIT", 1.0),
    "empath": ("MIT", 0.5),
    "gh_explore": ("CC BY 4.0", 1.0),
    "goodbooks": ("CC BY-SA 4.0", None),
    "gsm8k": ("MIT", None),
    "hwu64": ("CC BY 4.0", 0.4),
    "iab": ("CC BY 3.0", 1.0),
    "masc": ("open, unrestricted", None),
    "musiccaps": ("CC BY-SA 4.0", 0.5),
    "openstax": ("CC BY 4.0", 1.0),
    "osm_presets": ("ISC", 1.0),
    "recipes": ("public domain", 1.0),
    "roget": ("public domain", 0.5),
    "sgd": ("CC BY-SA 4.0", 0.6),
    "snips": ("CC0 1.0", 0.3),
    "tatoeba": ("CC BY 2.0 FR", 2.0),
    "us_gov_18f": ("public domain", 0.6),
    "us_gov_digital": ("public domain", 0.6),
    "us_gov_va": ("public domain", 1.0),
    "us_speeches": ("public domain", None),
    "wellformed_q": ("CC BY-SA 4.0", None),
    "wikimovies": ("CC BY-SA 3.0", 1.0),
    "wikisplit": ("CC BY-SA 4.0", 1.0),
    "wordnet": ("CC BY 4.0", 1.0),
    "wordset": ("CC BY-SA 4.0", 1.0),
}

TEXT_FILES = ["text.tsv"]
PAIR_FILES = ["pairs.tsv", "pairs_more.tsv"]
