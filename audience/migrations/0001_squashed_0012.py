import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgvector.django.halfvec
import pgvector.django.vector
import uuid
from django.conf import settings
import pgvector.django
from django.db import migrations, models

from audience.migrations._compact_vectors import DROP_COMPACT, KEEP_COMPACT, TRIGGER


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('audience', '0001_vector'),
        ('audience', '0002_initial'),
        ('audience', '0003_portraits_and_groups'),
        ('audience', '0004_groups_of_earlier_fits'),
        ('audience', '0005_segment_builds'),
        ('audience', '0006_contact_by_email'),
        ('audience', '0007_fitted_heads'),
        ('audience', '0008_profiles_of_buyers'),
        ('audience', '0009_learnt_models'),
        ('audience', '0010_opinions'),
        ('audience', '0011_who_only_searched_has_no_mood'),
        ('audience', '0012_phrase_background'),
    ]

    dependencies = [
        ('auth', '__first__'),
    ]

    operations = [
        pgvector.django.VectorExtension(),
        migrations.CreateModel(
            name='Clustering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(null=True)),
                ('estimator', models.CharField(choices=[('kmeans', 'k-means: everybody is in a group'), ('hdbscan', 'HDBSCAN: dense groups, and people in none')], db_default='kmeans', default='kmeans', max_length=10)),
                ('random_state', models.PositiveIntegerField()),
                ('cluster_count', models.PositiveSmallIntegerField()),
                ('profile_count', models.PositiveIntegerField()),
                ('loose_count', models.PositiveIntegerField(db_default=0, default=0, help_text='Profiles in no cluster: too unlike everybody else.')),
                ('silhouette', models.FloatField(help_text='−1 to 1: how well apart the clusters are.', null=True)),
                ('stability', models.FloatField(help_text='Mean adjusted Rand index between seeds: 1 is the same every time.', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(help_text="The shop's own id; the unit of experiments.", max_length=200, unique=True)),
                ('subject_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('email', models.CharField(blank=True, max_length=320)),
                ('first_name', models.CharField(blank=True, max_length=100)),
                ('last_name', models.CharField(blank=True, max_length=100)),
                ('attributes', models.JSONField(blank=True, default=dict, help_text='Whatever else the shop knows, for rules and merge tags.')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('is_profile_due', models.BooleanField(db_default=False, default=False, editable=False, help_text='Their texts changed since their profile was made.')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_profile_due', True)), fields=['id'], name='contact_profile_is_due'), models.Index(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='contact_by_email')],
                'constraints': [models.CheckConstraint(condition=models.Q(('external_id', ''), _negated=True), name='contact_has_an_external_id')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='audience.contact')),
                ('trait', models.CharField(choices=[('interest', 'Interest'), ('category', 'Category'), ('sentiment', 'mood'), ('aspect', 'opinion of'), ('purchase_intent', 'intent to buy'), ('rfm', 'buying value'), ('habit', 'Habit'), ('cluster', 'group')], max_length=20)),
                ('name', models.CharField(blank=True, help_text='Which one, e.g. the interest; empty where one is all.', max_length=200)),
                ('action', models.CharField(choices=[('confirm', 'is right'), ('remove', 'is removed'), ('set', 'is set')], max_length=10)),
                ('value', models.JSONField(blank=True, help_text='What it is set to.', null=True)),
                ('before', models.JSONField(blank=True, help_text='What had been inferred.', null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['trait', 'name'],
                'constraints': [models.UniqueConstraint(fields=('contact', 'trait', 'name'), name='correction_once_per_trait'), models.CheckConstraint(condition=models.Q(models.Q(('action', 'set'), _negated=True), ('value__isnull', False), _connector='OR'), name='correction_set_has_a_value')],
            },
        ),
        migrations.CreateModel(
            name='FittedHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('sentiment', 'Sentiment'), ('purchase', 'Intent to buy')], max_length=10)),
                ('fitted_at', models.DateTimeField()),
                ('encoder', models.CharField(blank=True, help_text='Whose vectors it reads; empty: none.', max_length=200)),
                ('examples', models.PositiveIntegerField()),
                ('quality', models.JSONField(default=dict, help_text='On examples it had not seen.')),
                ('weights', models.BinaryField(help_text='Numbers and JSON, no pickle.')),
            ],
            options={
                'verbose_name': 'learnt model',
                'indexes': [models.Index(fields=['kind', '-fitted_at'], name='newest_head_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='PhraseBackground',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counted_at', models.DateTimeField()),
                ('newest', models.BigIntegerField(help_text='The key of the newest text that was counted.')),
                ('texts', models.PositiveIntegerField()),
                ('holding', models.JSONField(help_text='{phrase: texts that hold it}.')),
            ],
        ),
        migrations.CreateModel(
            name='Text',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=200, unique=True)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='audience.contact')),
                ('kind', models.CharField(choices=[('review', 'Review'), ('search', 'Search'), ('question', 'Question'), ('other', 'Other')], default='review', max_length=10)),
                ('title', models.CharField(blank=True, max_length=300)),
                ('body', models.TextField(blank=True)),
                ('rating', models.SmallIntegerField(blank=True, help_text='1 to 5, where the source has one.', null=True)),
                ('category', models.CharField(blank=True, help_text="What it is about, in the shop's own categories.", max_length=200)),
                ('occurred_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('status', models.CharField(choices=[('new', 'not yet read'), ('read', 'Read'), ('dropped', 'Dropped'), ('held', 'kept unread: no consent to profiling')], db_default='new', default='new', max_length=10)),
                ('drop_reason', models.CharField(blank=True, db_default='', max_length=40)),
                ('clean_body', models.TextField(blank=True, db_default='', editable=False, help_text='Title and body without markup and personal numbers: what is read.')),
                ('language', models.CharField(blank=True, db_default='', help_text='ISO 639-1 code; empty: not known.', max_length=8)),
                ('vector', pgvector.django.vector.VectorField(dimensions=384, editable=False, null=True)),
                ('opinions', models.JSONField(editable=False, help_text='What it says of fit, price and the like, and by which model: by, of.', null=True)),
                ('read_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'new')), fields=['id'], name='text_still_to_read')],
                'constraints': [models.CheckConstraint(condition=models.Q(('rating__isnull', True), ('rating__range', (1, 5)), _connector='OR'), name='text_rating_is_one_to_five'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'dropped'), _negated=True), models.Q(('drop_reason', ''), _negated=True), _connector='OR'), name='text_dropped_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'read'), _negated=True), ('vector__isnull', False), _connector='OR'), name='text_read_has_a_vector')],
            },
        ),
        migrations.CreateModel(
            name='ClusterIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=120)),
                ('portrait', models.TextField(blank=True)),
                ('is_named_by_hand', models.BooleanField(default=False)),
                ('is_portrayed_by_hand', models.BooleanField(default=False)),
                ('came_from', models.ForeignKey(blank=True, help_text='The group most of its first members were in before.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offshoots', to='audience.clusteridentity')),
            ],
            options={
                'verbose_name': 'group',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Cluster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clustering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clusters', to='audience.clustering')),
                ('identity', models.ForeignKey(help_text='The group it is in this fit; none in fits made before groups were kept.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clusters', to='audience.clusteridentity')),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('portrait', models.TextField(blank=True)),
                ('traits', models.JSONField(default=dict, help_text='Interests, categories, sentiment: what the portrait says, as values.')),
                ('size', models.PositiveIntegerField()),
                ('centroid', pgvector.django.vector.VectorField(dimensions=384)),
                ('least_cosine', models.FloatField(help_text='Who is less like the centroid than this is not in it; none: all are.', null=True)),
            ],
            options={
                'ordering': ['clustering', 'position'],
                'constraints': [models.UniqueConstraint(fields=('clustering', 'position'), name='cluster_position_once'), models.UniqueConstraint(fields=('clustering', 'identity'), name='cluster_identity_once_per_fit')],
            },
        ),
        migrations.CreateModel(
            name='ClusteringJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                ('estimator', models.CharField(choices=[('kmeans', 'k-means: everybody is in a group'), ('hdbscan', 'HDBSCAN: dense groups, and people in none')], default='kmeans', max_length=10)),
                ('count', models.PositiveSmallIntegerField(blank=True, help_text='How many clusters; empty: the fit chooses.', null=True)),
                ('random_state', models.PositiveIntegerField()),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('claimed_at', models.DateTimeField(help_text='Renewed while the worker lives.', null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('stage', models.CharField(blank=True, help_text='What is being done now.', max_length=60)),
                ('done', models.PositiveSmallIntegerField(default=0, help_text='Percent.')),
                ('finished_at', models.DateTimeField(null=True)),
                ('clustering', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='jobs', to='audience.clustering')),
                ('error', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('status__in', ['queued', 'running'])), name='clustering_job_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('status__in', ['queued', 'running'])), models.Q(('finished_at__isnull', False), ('status__in', ['done', 'failed', 'cancelled'])), _connector='OR'), name='clustering_job_finished_has_a_time'), models.CheckConstraint(condition=models.Q(('done__range', (0, 100))), name='clustering_job_done_is_percent')],
            },
        ),
        migrations.CreateModel(
            name='CompactVector',
            fields=[
                ('contact', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='audience.contact')),
                ('vector', pgvector.django.halfvec.HalfVectorField(dimensions=384)),
            ],
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='profile', to='audience.contact')),
                ('vector', pgvector.django.vector.VectorField(dimensions=384, null=True)),
                ('interests', models.JSONField(default=list, help_text='[{"phrase": …, "weight": …}, …], strongest first.')),
                ('categories', models.JSONField(default=dict, help_text='Share of their texts per shop category; without texts, of what they bought.')),
                ('sentiment', models.FloatField(blank=True, help_text='−1 (unhappy) to 1 (happy), over all their texts.', null=True)),
                ('text_count', models.PositiveIntegerField()),
                ('last_text_at', models.DateTimeField(blank=True, null=True)),
                ('aspects', models.JSONField(blank=True, default=dict, help_text='How they feel about fit, price, …: {aspect: {…}}.')),
                ('purchase_intent', models.FloatField(blank=True, help_text='Probability that they buy soon, 0 to 1; empty: unknown.', null=True)),
                ('rfm', models.JSONField(blank=True, default=dict, help_text='Recency, frequency and value of their purchases.')),
                ('habits', models.JSONField(blank=True, default=dict, help_text='When and how they buy.')),
                ('evidence', models.JSONField(blank=True, default=dict, help_text='{trait: {name: {"texts": [ids], "events": [ids], "support": 3, "of": 5}}}.')),
                ('cluster', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='profiles', to='audience.cluster')),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['interests'], name='profile_by_interest', opclasses=['jsonb_path_ops'])],
                'constraints': [models.CheckConstraint(condition=models.Q(('sentiment__range', (-1, 1))), name='profile_sentiment_in_range'), models.CheckConstraint(condition=models.Q(models.Q(('last_text_at__isnull', False), ('text_count__gt', 0), ('vector__isnull', False)), models.Q(('last_text_at__isnull', True), ('text_count', 0), ('vector__isnull', True)), _connector='OR'), name='profile_of_texts_has_a_vector'), models.CheckConstraint(condition=models.Q(('purchase_intent__isnull', True), ('purchase_intent__range', (0, 1)), _connector='OR'), name='profile_intent_is_a_probability')],
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('key', models.SlugField(max_length=80, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('rule', 'contacts that match a rule'), ('cluster', 'contacts of a cluster')], max_length=10)),
                ('rule', models.JSONField(blank=True, help_text='Who belongs, in the rule language (docs/reference/segment-rules.md).', null=True)),
                ('cluster', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='segments', to='audience.cluster')),
                ('portrait', models.TextField(blank=True, help_text='Who they are, in a sentence or two. A person may rewrite it.')),
                ('traits', models.JSONField(blank=True, default=dict)),
                ('size', models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ('built_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('cluster__isnull', True), ('kind', 'rule'), ('rule__isnull', False)), models.Q(('cluster__isnull', False), ('kind', 'cluster'), ('rule__isnull', True)), _connector='OR'), name='segment_has_a_rule_or_a_cluster')],
            },
        ),
        migrations.CreateModel(
            name='SegmentBuild',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='builds', to='audience.segment')),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('as_of', models.DateTimeField(help_text='Where its days count back from, however long it takes.')),
                ('claimed_at', models.DateTimeField(help_text='Renewed while the worker lives.', null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0, help_text='Contacts to look at.')),
                ('done', models.PositiveIntegerField(default=0, help_text='Contacts looked at so far.')),
                ('reached_id', models.BigIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
                ('size', models.PositiveIntegerField(null=True)),
                ('sendable', models.PositiveIntegerField(help_text='Members who may be written to by email.', null=True)),
                ('joined', models.PositiveIntegerField(null=True)),
                ('left', models.PositiveIntegerField(null=True)),
                ('seconds', models.FloatField(default=0, help_text='Work only; waiting is not counted.')),
                ('error', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['segment', 'finished_at'], name='segment_build_by_end')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['queued', 'running'])), fields=('segment',), name='segment_build_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('status__in', ['queued', 'running'])), models.Q(('finished_at__isnull', False), ('status__in', ['done', 'failed', 'cancelled'])), _connector='OR'), name='segment_build_finished_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'done'), _negated=True), ('size__isnull', False), _connector='OR'), name='segment_build_done_has_a_size')],
            },
        ),
        migrations.CreateModel(
            name='SegmentSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='audience.segment')),
                ('taken_at', models.DateTimeField()),
                ('built_at', models.DateTimeField(help_text='The build it shows.', null=True)),
                ('size', models.PositiveIntegerField()),
            ],
            options={
                'ordering': ['-taken_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='SnapshotMember',
            fields=[
                ('pk', models.CompositePrimaryKey('snapshot_id', 'contact_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('snapshot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='audience.segmentsnapshot')),
                ('contact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='audience.contact')),
            ],
        ),
        migrations.CreateModel(
            name='FutureMember',
            fields=[
                ('pk', models.CompositePrimaryKey('build_id', 'contact_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('build', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='found', to='audience.segmentbuild')),
                ('contact', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='audience.contact')),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='audience.segment')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='audience.contact')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('segment', 'contact'), name='membership_once')],
            },
        ),
        migrations.RunSQL(KEEP_COMPACT + TRIGGER, DROP_COMPACT),
    ]
