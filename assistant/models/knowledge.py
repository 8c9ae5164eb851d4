"""A shop's knowledge, in versions, as chunks that can be found by words and by meaning."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from pgvector.django import HnswIndex, VectorField

from catalog.models import Product
from core.models import Timestamped

VECTOR_SIZE = 384


class KnowledgeBase(Timestamped):
    """Documents that one assistant answers from, and how it weighs what it finds."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(
        max_length=30,
        default="english",
        help_text="PostgreSQL's name of the language the documents are in: how words are cut.",
    )
    lexical_weight = models.FloatField(
        default=0.1,
        help_text="0 to 1: how much common words count beside meaning, for questions with answers.",
    )
    lexical_weight_pages = models.FloatField(
        default=0.5, help_text="The same for pages and files, where the very words matter more."
    )
    refusal_threshold = models.FloatField(
        default=0.4,
        help_text="Similarity of meaning, 0 to 1, below which a written answer is no evidence; "
        "pages need three quarters of it.",
    )

    is_published = models.BooleanField(
        default=False, help_text="Whether visitors of the shop's pages may ask it."
    )
    allowed_origins = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Pages that may hold the chat, e.g. https://shop.example, comma-separated.",
    )
    identity_version = models.PositiveIntegerField(
        default=1,
        editable=False,
        help_text="Which secret the shop's pages sign with who the visitor is.",
    )
    answers_from_catalog = models.BooleanField(
        default=True,
        help_text="Whether products are known here: what they cost, whether there are any, what "
        "the shop says of them.",
    )
    order_pattern = models.CharField(
        "order numbers look like",
        max_length=200,
        blank=True,
        help_text="A regular expression, e.g. SE-\\d{6}; empty: a number of 5 to 12 digits, with "
        "letters before it or not, after the word “order” or a #.",
    )
    own_sentences = models.JSONField(
        default=dict,
        editable=False,
        help_text="By language, part and name: what the shop says in place of our sentences.",
    )
    # Goes up whenever product names change, so that processes know to read them again.
    catalog_version = models.PositiveIntegerField(default=0, editable=False)
    keep_days = models.PositiveSmallIntegerField(
        "conversations are kept for",
        default=180,
        validators=[MinValueValidator(1)],
        help_text="Days after the last word, from 1; then they are forgotten.",
    )
    refetch_hours = models.PositiveSmallIntegerField(
        "web pages are fetched again every",
        default=24,
        help_text="Hours; 0: only when somebody asks.",
    )
    ranker = models.ForeignKey(
        "assistant.RankerFit",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # What BM25 has to know of all chunks together; kept by whoever stores some.
    chunk_count = models.PositiveIntegerField(default=0, editable=False)
    word_count = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lexical_weight__range=(0, 1))
                & models.Q(lexical_weight_pages__range=(0, 1))
                & models.Q(refusal_threshold__range=(0, 1)),
                name="knowledge_base_weights_in_range",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Document(Timestamped):
    """Something the shop knows. The row is the job: waiting means that its newest version is to be
    read.
    """

    class Audience(models.TextChoices):
        PUBLIC = "public", "everybody"
        STAFF = "staff", "staff only"

    class Status(models.TextChoices):
        WAITING = "waiting", "waiting to be read"
        READING = "reading", "being read"
        READY = "ready"
        FAILED = "failed", "could not be read"

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="documents")
    source = models.CharField(
        max_length=500, help_text="Its file's name or address: importing it again renews it."
    )
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=1000, blank=True, help_text="Where readers can see it.")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PUBLIC)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+", editable=False
    )
    product_digest = models.CharField(
        max_length=32,
        blank=True,
        db_default="",
        editable=False,
        help_text="Of the words of the product it was written from.",
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.WAITING, editable=False
    )
    error = models.TextField(blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    read_at = models.DateTimeField(null=True, blank=True, editable=False)
    chunk_count = models.PositiveIntegerField(default=0, editable=False)
    findings = models.JSONField(
        default=list,
        editable=False,
        help_text="Sentences that were kept out because they speak to the assistant.",
    )

    class Meta:
        ordering = ["base", "source"]
        constraints = [
            models.UniqueConstraint(fields=["base", "source"], name="document_source_once"),
            models.UniqueConstraint(fields=["base", "product"], name="document_product_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="document_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="reading") | models.Q(claimed_at__isnull=False),
                name="document_reading_is_claimed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(status__in=["waiting", "reading"]),
                name="document_still_to_read",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.source


class DocumentVersion(models.Model):
    """A document's content as it once came in."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["document", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.document} v{self.number}"


class Chunk(models.Model):
    """A passage of a document's newest version, as it is found and cited."""

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    heading = models.TextField(blank=True)
    body = models.TextField()
    is_answer = models.BooleanField(default=False)
    length = models.PositiveSmallIntegerField(
        default=0, help_text="In words that count, as its postings have them."
    )
    digest = models.BinaryField(max_length=32)
    vector = VectorField(dimensions=VECTOR_SIZE)
    sentence_vectors = models.BinaryField(
        null=True,
        editable=False,
        help_text="Of its sentences, half-precision numbers in rows: answers then encode only the "
        "question.",
    )

    class Meta:
        ordering = ["document", "position"]
        constraints = [
            models.UniqueConstraint(fields=["document", "digest"], name="chunk_once_per_document")
        ]
        indexes = [
            HnswIndex(
                name="chunk_by_meaning",
                fields=["vector"],
                m=16,
                ef_construction=64,
                opclasses=["vector_ip_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.heading or self.body[:60]


class Posting(models.Model):
    """How often a chunk holds a word's stem: the rows that BM25 adds up."""

    base_id = models.BigIntegerField()
    term = models.TextField()
    chunk = models.ForeignKey(Chunk, on_delete=models.CASCADE, related_name="postings")
    frequency = models.SmallIntegerField()
    length = models.SmallIntegerField(help_text="Of the whole chunk, as it says itself.")
    is_public = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chunk", "term"], name="posting_once")]
        indexes = [
            models.Index(
                fields=["base_id", "term"],
                include=["chunk", "frequency", "length", "is_public"],
                name="posting_by_term",
            )
        ]

    def __str__(self) -> str:
        return f"{self.term} in {self.chunk_id}"


class EvalQuestion(models.Model):
    """A question with what should be found for it: how a knowledge base is judged and tuned."""

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="questions")
    question = models.CharField(max_length=500)
    document = models.ForeignKey(
        Document,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Empty: the knowledge base has no answer, and the assistant should say so.",
    )
    heading = models.TextField(
        blank=True, help_text="Which part of the document; empty: any of it will do."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["base", "question"], name="eval_question_once")
        ]

    def __str__(self) -> str:
        return self.question


class EvalRun(models.Model):
    """How well a knowledge base did on its questions at some moment: the trend's points."""

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="runs")
    created_at = models.DateTimeField(db_default=Now())
    question_count = models.PositiveIntegerField()
    figures = models.JSONField(help_text="MAP by way of finding, hit rate, refusals.")
    refused = models.FloatField(
        null=True,
        blank=True,
        help_text="Share of the questions without an answer that got none; empty: there are none.",
    )
    state = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Of documents, weights and questions: the same state need not be judged again.",
    )

    class Meta:
        ordering = ["base", "-created_at"]

    def __str__(self) -> str:
        return f"{self.base} on {self.question_count} questions"
