import django.contrib.postgres.fields
import django.db.models.functions.datetime
import pgvector.django.indexes
import pgvector.django.vector
from decimal import Decimal
import pgvector.django
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('catalog', '0001_initial'),
        ('catalog', '0002_prices_stock_offers_feeds_recommendations'),
    ]

    dependencies = [
    ]

    operations = [
        pgvector.django.VectorExtension(),
        migrations.CreateModel(
            name='Recommendation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_id', models.CharField(max_length=200, unique=True)),
                ('items', models.JSONField(help_text='Best first: product, score, because.')),
                ('made_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='RecommenderFit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fitted_at', models.DateTimeField()),
                ('history_count', models.PositiveIntegerField()),
                ('item_count', models.PositiveIntegerField()),
                ('weights', models.JSONField(default=dict, help_text='Share of each part in the score.')),
                ('figures', models.JSONField(default=dict, help_text="Measured on each contact's last item but one: never on what came after.")),
                ('notes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), default=list, size=None)),
                ('arrays', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('url', models.URLField(max_length=1000)),
                ('is_active', models.BooleanField(default=True, verbose_name='switched on')),
                ('is_full', models.BooleanField(default=False, help_text='Products it no longer names are marked sold out. Leave off with several feeds.', verbose_name='holds the whole catalog')),
                ('every_hours', models.PositiveSmallIntegerField(default=6, verbose_name='hours between two readings')),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('checked_at', models.DateTimeField(editable=False, null=True)),
                ('digest', models.CharField(blank=True, editable=False, help_text='SHA-256 of what was read last: the same again is not read.', max_length=64)),
                ('outcome', models.JSONField(default=dict, editable=False)),
                ('problem', models.CharField(blank=True, editable=False, max_length=500)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('every_hours__gte', 1)), name='feed_rests_an_hour_at_least')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('external_id', models.CharField(max_length=200, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('category', models.CharField(blank=True, db_index=True, max_length=200)),
                ('description', models.TextField(blank=True)),
                ('brand', models.CharField(blank=True, db_default='', max_length=100)),
                ('gtin', models.CharField(blank=True, db_default='', max_length=14, verbose_name='GTIN')),
                ('item_group', models.CharField(blank=True, db_default='', db_index=True, help_text='What variants of one product share; only one of them is recommended.', max_length=200)),
                ('price', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('sale_price', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('sale_starts_at', models.DateTimeField(blank=True, null=True)),
                ('sale_ends_at', models.DateTimeField(blank=True, null=True)),
                ('cost', models.DecimalField(blank=True, decimal_places=2, help_text='What it costs the shop: gives the margin. Never shown to anyone outside.', max_digits=12, null=True)),
                ('url', models.URLField(blank=True, max_length=1000)),
                ('image_url', models.URLField(blank=True, max_length=1000)),
                ('in_stock', models.BooleanField(db_default=True, default=True)),
                ('availability', models.CharField(blank=True, choices=[('in_stock', 'in stock'), ('out_of_stock', 'sold out'), ('preorder', 'to be ordered before it comes'), ('backorder', 'ordered, and on its way')], db_default='', max_length=12)),
                ('stock_quantity', models.PositiveIntegerField(blank=True, null=True)),
                ('attributes', models.JSONField(blank=True, default=dict)),
                ('vector', pgvector.django.vector.VectorField(dimensions=384, editable=False, null=True)),
                ('vector_of', models.CharField(blank=True, db_default='', editable=False, help_text='Digest of the encoder and the text the vector was made of.', max_length=64)),
                ('image_vector', pgvector.django.vector.VectorField(editable=False, null=True)),
                ('image_vector_of', models.CharField(blank=True, db_default='', editable=False, max_length=64)),
                ('image_problem', models.CharField(blank=True, db_default='', editable=False, help_text='Why there is no image vector.', max_length=300)),
            ],
            options={
                'indexes': [pgvector.django.indexes.HnswIndex(fields=['vector'], name='product_vector', opclasses=['vector_cosine_ops'])],
                'constraints': [models.CheckConstraint(condition=models.Q(('price__isnull', True), ('price__gte', 0), _connector='OR'), name='product_price_is_not_negative'), models.CheckConstraint(condition=models.Q(('sale_price__isnull', True), ('sale_price__gte', 0), _connector='OR'), name='product_sale_price_is_not_negative'), models.CheckConstraint(condition=models.Q(('cost__isnull', True), ('cost__gte', 0), _connector='OR'), name='product_cost_is_not_negative'), models.CheckConstraint(condition=models.Q(('external_id', ''), _negated=True), name='product_has_an_external_id')],
            },
        ),
        migrations.CreateModel(
            name='RecommendationRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('is_only', models.BooleanField(default=True, editable=False, unique=True)),
                ('least_margin', models.DecimalField(blank=True, decimal_places=3, help_text='Share of the price that has to be left, e.g. 0.2; products of unknown cost are then left out. Empty: margins are not asked.', max_digits=4, null=True)),
                ('most_of_a_category', models.PositiveSmallIntegerField(blank=True, default=3, help_text='In one list. Empty: as many as come.', null=True, verbose_name='most of one category')),
                ('owned_days', models.PositiveSmallIntegerField(blank=True, help_text='How long something bought is not recommended again. Empty: never again.', null=True, verbose_name='days of rest after a purchase')),
                ('excluded_brands', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, help_text='Separated by commas.', size=None)),
                ('excluded_categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, help_text='Separated by commas.', size=None)),
            ],
            options={
                'verbose_name_plural': 'recommendation rules',
                'constraints': [models.CheckConstraint(condition=models.Q(('is_only', True)), name='rules_are_one_row'), models.CheckConstraint(condition=models.Q(('least_margin__isnull', True), models.Q(('least_margin__gte', 0), ('least_margin__lt', 1)), _connector='OR'), name='rules_least_margin_is_a_share')],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('text', models.CharField(help_text='As a person would read it, e.g. “15% off dresses”.', max_length=200)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('terms', models.TextField(blank=True)),
                ('url', models.URLField(blank=True, help_text='Where the call to action leads.', max_length=1000)),
                ('starts_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('is_active', models.BooleanField(db_default=True, default=True, verbose_name='switched on')),
                ('kind', models.CharField(choices=[('other', 'something else'), ('percent', 'a percentage off'), ('amount', 'an amount off'), ('shipping', 'free shipping'), ('gift', 'a gift')], db_default='other', default='other', max_length=10)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('minimum_spend', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('audience', models.CharField(choices=[('everyone', 'everyone'), ('new', 'who never bought'), ('returning', 'who bought before')], db_default='everyone', default='everyone', max_length=10)),
                ('uses_per_contact', models.PositiveSmallIntegerField(blank=True, help_text='Empty: as often as they like.', null=True)),
                ('least_margin', models.DecimalField(blank=True, decimal_places=3, help_text='Share of the reduced price that has to be left, e.g. 0.2: products below it are left out.', max_digits=4, null=True)),
                ('budget', models.DecimalField(blank=True, decimal_places=2, help_text='What all discounts by this code may add up to; then the offer is over.', max_digits=12, null=True)),
                ('spent', models.DecimalField(db_default=Decimal('0'), decimal_places=2, default=Decimal('0'), editable=False, max_digits=12)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, db_default=[], default=list, help_text='Separated by commas. With neither these nor products it holds for all.', size=None)),
                ('products', models.ManyToManyField(blank=True, related_name='offers', to='catalog.product')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='offer_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'percent'), ('percent__gt', 0), ('percent__isnull', False), ('percent__lte', 100)), models.Q(models.Q(('kind', 'percent'), _negated=True), ('percent__isnull', True)), _connector='OR'), name='offer_percent_is_of_a_hundred'), models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('amount__isnull', False), ('kind', 'amount')), models.Q(models.Q(('kind', 'amount'), _negated=True), ('amount__isnull', True)), _connector='OR'), name='offer_amount_is_above_nothing'), models.CheckConstraint(condition=models.Q(('least_margin__isnull', True), models.Q(('least_margin__gte', 0), ('least_margin__lt', 1)), _connector='OR'), name='offer_least_margin_is_a_share')],
            },
        ),
    ]
