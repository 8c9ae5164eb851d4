import django.db.models.deletion
import django.db.models.functions.datetime
import experiments.models.rollups
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('experiments', '0001_initial'),
        ('experiments', '0002_roll_ups'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Layer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('key', models.SlugField(help_text='Salts the hash; never changes.', max_length=60, unique=True)),
                ('name', models.CharField(max_length=100)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Holdout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('key', models.SlugField(help_text='Salts the hash; never changes.', max_length=60, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('share', models.FloatField(help_text='Of all units, e.g. 0.05.')),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('share__range', (0, 1))), name='holdout_share_is_a_share'), models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('is_active',), name='holdout_one_is_active')],
            },
        ),
        migrations.CreateModel(
            name='SavedMetric',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('key', models.SlugField(max_length=60)),
                ('name', models.CharField(max_length=100)),
                ('kind', models.CharField(choices=[('conversion', 'share of people who did it'), ('retention', 'share of people who did it later on'), ('count', 'times per person'), ('sum', 'sum of a value per person'), ('ratio', 'one sum over another'), ('quantile', "quantile of people's sums")], max_length=12)),
                ('event_name', models.CharField(help_text='The event that counts, e.g. Order Completed.', max_length=200)),
                ('is_lower_better', models.BooleanField(default=False)),
                ('window_starts_hours', models.PositiveIntegerField(default=0, help_text='Only events later after assignment than this count (retention).')),
                ('window_hours', models.PositiveIntegerField(blank=True, help_text='Only events this soon after assignment count; empty: until the end.', null=True)),
                ('numerator', models.CharField(choices=[('sum', 'sum of values'), ('count', 'number of events')], default='sum', help_text='Of a ratio.', max_length=5)),
                ('denominator_event', models.CharField(blank=True, help_text='Of a ratio: the event below the line.', max_length=200)),
                ('denominator', models.CharField(choices=[('sum', 'sum of values'), ('count', 'number of events')], default='count', help_text='Of a ratio.', max_length=5)),
                ('cap', models.DecimalField(blank=True, decimal_places=4, help_text='A person counts as this at most; the raw figure is shown beside.', max_digits=18, null=True)),
                ('cap_quantile', models.FloatField(blank=True, help_text='Cap at this quantile of people who have any, e.g. 0.99.', null=True)),
                ('covariate_days', models.PositiveSmallIntegerField(blank=True, help_text='Take out what people did in so many days before (CUPED): narrower intervals.', null=True)),
                ('quantile', models.FloatField(blank=True, help_text='Of a quantile metric: 0.5, …', null=True)),
                ('margin', models.FloatField(blank=True, help_text='Of a guardrail: the loss that would be acceptable, e.g. 0.02 for 2 %.', null=True)),
                ('is_margin_relative', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('key',), name='saved_metric_key_once')],
            },
        ),
        migrations.CreateModel(
            name='Experiment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('key', models.SlugField(max_length=80, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('running', 'Running'), ('paused', 'Paused'), ('decided', 'Decided'), ('archived', 'Archived')], default='draft', max_length=10)),
                ('assignment', models.CharField(choices=[('hash', 'Copylift splits the traffic'), ('external', 'the email tool splits and tells the arm')], default='hash', max_length=10)),
                ('salt', models.CharField(help_text='Goes into the hash: another salt is another split.', max_length=80)),
                ('confidence', models.FloatField(default=0.95)),
                ('minimum_units_per_arm', models.PositiveIntegerField(default=150)),
                ('minimum_days', models.PositiveSmallIntegerField(default=3, help_text='No winner is named before.')),
                ('planned_units', models.PositiveIntegerField(blank=True, help_text='The sample this test was planned for; a fixed-horizon verdict waits for it.', null=True)),
                ('looks', models.CharField(choices=[('fixed', 'one look, at the planned sample'), ('anytime', 'valid at any time, however often one looks'), ('group_sequential', 'a planned number of looks')], default='anytime', max_length=20)),
                ('planned_looks', models.PositiveSmallIntegerField(default=5, help_text='Of a group-sequential test: at equal steps to the planned sample.')),
                ('spending', models.CharField(choices=[('obrien-fleming', "O'Brien-Fleming: hardly anything early"), ('pocock', 'Pocock: about the same at each look')], default='obrien-fleming', max_length=20)),
                ('correction', models.CharField(choices=[('holm', 'Holm'), ('hochberg', 'Hochberg'), ('dunnett', 'Dunnett'), ('benjamini-hochberg', 'Benjamini-Hochberg'), ('benjamini-yekutieli', 'Benjamini-Yekutieli')], default='holm', help_text="How the goals' comparisons share the chance of a false alarm.", max_length=20)),
                ('primary_share', models.FloatField(default=0.5, help_text="Of several goals, the first one's share of the level.")),
                ('coverage', models.FloatField(default=1.0, help_text='Share of the people who take part: the ramp. Growing moves nobody.')),
                ('layer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='experiments', to='experiments.layer')),
                ('layer_start', models.FloatField(default=0.0)),
                ('layer_end', models.FloatField(default=1.0)),
                ('holdout_share', models.FloatField(default=0.0, help_text='Share of the people kept out of this experiment.')),
                ('traffic', models.CharField(choices=[('fixed', 'the weights stay as planned'), ('thompson', 'more traffic to what works (Thompson sampling)'), ('top_two', 'more traffic to the best two (top-two Thompson)')], default='fixed', max_length=10)),
                ('floor', models.FloatField(default=0.05, help_text='Of a bandit: the least weight of any arm.')),
                ('control_floor', models.FloatField(default=0.1, help_text='Of a bandit: the least weight of control.')),
                ('warm_up', models.PositiveIntegerField(default=100, help_text='Of a bandit: units each arm has before any weight changes.')),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('coverage__range', (0, 1))), name='experiment_coverage_is_a_share', violation_error_message='coverage must lie between 0 and 1'), models.CheckConstraint(condition=models.Q(('holdout_share__range', (0, 1))), name='experiment_holdout_is_a_share', violation_error_message='holdout_share must lie between 0 and 1'), models.CheckConstraint(condition=models.Q(('layer_start__gte', 0), ('layer_end__lte', 1), ('layer_start__lte', models.F('layer_end'))), name='experiment_slice_lies_in_its_layer', violation_error_message='layer_start must lie between 0 and layer_end'), models.CheckConstraint(condition=models.Q(models.Q(('looks', 'group_sequential'), _negated=True), models.Q(('planned_looks__gte', 1), ('planned_units__isnull', False)), _connector='OR'), name='experiment_planned_looks_need_a_sample', violation_error_message='looks: planned looks need planned_units'), models.CheckConstraint(condition=models.Q(('status', 'draft'), ('started_at__isnull', False), _connector='OR'), name='experiment_started_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['decided', 'archived']), _negated=True), ('ended_at__isnull', False), _connector='OR'), name='experiment_decided_has_an_end'), models.CheckConstraint(condition=models.Q(('confidence__gt', 0.5), ('confidence__lt', 1)), name='experiment_confidence_in_range', violation_error_message='confidence must lie between 0.5 and 1, as 0.95')],
            },
        ),
        migrations.CreateModel(
            name='RollUp',
            fields=[
                ('experiment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='roll_up', serialize=False, to='experiments.experiment')),
                ('watermark', models.BigIntegerField(default=0, help_text='Events of every transaction below this have been read.')),
                ('until', models.DateTimeField(help_text='Events later than this are not in yet.', null=True)),
                ('definition', models.CharField(blank=True, help_text='SHA-256 of the metrics; others mean a fresh start.', max_length=64)),
                ('caps', models.JSONField(default=dict, help_text="Caps that stand at a quantile, by the metric's key.")),
                ('refreshed_at', models.DateTimeField(null=True)),
                ('units_read', models.PositiveIntegerField(default=0, help_text='Units computed anew by the last refresh.')),
                ('sums', models.JSONField(help_text='Sums over the days that count now, so that a report adds up nothing.', null=True)),
                ('log_read_at', models.DateTimeField(help_text='When the health checks last read the log itself.', null=True)),
                ('log_findings', models.JSONField(default=list, help_text='What they found there.')),
            ],
        ),
        migrations.CreateModel(
            name='Arm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('experiment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='arms', to='experiments.experiment')),
                ('key', models.SlugField(max_length=60)),
                ('name', models.CharField(max_length=100)),
                ('position', models.PositiveSmallIntegerField()),
                ('weight', models.FloatField(help_text="Share of the traffic; the arms' weights sum to 1.")),
                ('is_control', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['experiment', 'position'],
                'constraints': [models.UniqueConstraint(fields=('experiment', 'key'), name='arm_key_once'), models.UniqueConstraint(fields=('experiment', 'position'), name='arm_position_once'), models.UniqueConstraint(condition=models.Q(('is_control', True)), fields=('experiment',), name='experiment_has_one_control'), models.CheckConstraint(condition=models.Q(('weight__range', (0, 1))), name='arm_weight_is_a_share')],
            },
        ),
        migrations.CreateModel(
            name='Analysis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('experiment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='analyses', to='experiments.experiment')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('inputs_digest', models.CharField(help_text='SHA-256 of the counts and settings it rests on.', max_length=64)),
                ('results', models.JSONField()),
                ('verdict', models.CharField(max_length=20)),
                ('sentence', models.TextField()),
            ],
            options={
                'verbose_name_plural': 'analyses',
                'ordering': ['experiment', '-created_at'],
                'constraints': [models.UniqueConstraint(fields=('experiment', 'inputs_digest'), name='analysis_once_per_input')],
            },
        ),
        migrations.CreateModel(
            name='Exposure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('experiment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exposures', to='experiments.experiment')),
                ('unit_id', models.CharField(max_length=200)),
                ('arm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exposures', to='experiments.arm')),
                ('stratum', models.CharField(blank=True, help_text='The segment the unit was in when assigned.', max_length=80)),
                ('assigned_at', models.DateTimeField()),
                ('period', models.PositiveIntegerField(db_default=0, default=0, help_text='Which weights were in force (WeightChange.period).')),
                ('has_other_arm', models.BooleanField(db_default=False, default=False, help_text='Another arm was named for the unit later on.')),
                ('is_counted', models.BooleanField(db_default=False, default=False, help_text='The roll-up has it.')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_counted', False)), fields=['experiment'], name='exposure_not_counted'), models.Index(condition=models.Q(('has_other_arm', True)), fields=['experiment'], name='exposure_with_other_arm')],
                'constraints': [models.UniqueConstraint(fields=('experiment', 'unit_id'), name='exposure_once_per_unit'), models.CheckConstraint(condition=models.Q(('unit_id', ''), _negated=True), name='exposure_has_a_unit')],
            },
        ),
        migrations.CreateModel(
            name='ExposureCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('experiment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='experiments.experiment')),
                ('arm', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='experiments.arm')),
                ('stratum', models.CharField(blank=True, max_length=80)),
                ('day', models.DateField()),
                ('period', models.PositiveIntegerField(default=0)),
                ('units', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('experiment', 'arm', 'stratum', 'day', 'period'), name='exposure_cell_once')],
            },
        ),
        migrations.CreateModel(
            name='ForcedArm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('experiment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forced', to='experiments.experiment')),
                ('unit_id', models.CharField(max_length=200)),
                ('arm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forced', to='experiments.arm')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('experiment', 'unit_id'), name='forced_arm_once_per_unit')],
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('experiment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks_taken', to='experiments.experiment')),
                ('number', models.PositiveSmallIntegerField(help_text='1, 2, … as planned.')),
                ('information', models.FloatField(help_text='Units at the look / planned units, at most 1.')),
                ('units', models.PositiveIntegerField()),
                ('taken_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['experiment', 'number'],
                'constraints': [models.UniqueConstraint(fields=('experiment', 'number'), name='look_taken_once')],
            },
        ),
        migrations.CreateModel(
            name='Metric',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('name', models.CharField(max_length=100)),
                ('kind', models.CharField(choices=[('conversion', 'share of people who did it'), ('retention', 'share of people who did it later on'), ('count', 'times per person'), ('sum', 'sum of a value per person'), ('ratio', 'one sum over another'), ('quantile', "quantile of people's sums")], max_length=12)),
                ('event_name', models.CharField(help_text='The event that counts, e.g. Order Completed.', max_length=200)),
                ('is_lower_better', models.BooleanField(default=False)),
                ('window_starts_hours', models.PositiveIntegerField(default=0, help_text='Only events later after assignment than this count (retention).')),
                ('window_hours', models.PositiveIntegerField(blank=True, help_text='Only events this soon after assignment count; empty: until the end.', null=True)),
                ('numerator', models.CharField(choices=[('sum', 'sum of values'), ('count', 'number of events')], default='sum', help_text='Of a ratio.', max_length=5)),
                ('denominator_event', models.CharField(blank=True, help_text='Of a ratio: the event below the line.', max_length=200)),
                ('denominator', models.CharField(choices=[('sum', 'sum of values'), ('count', 'number of events')], default='count', help_text='Of a ratio.', max_length=5)),
                ('cap', models.DecimalField(blank=True, decimal_places=4, help_text='A person counts as this at most; the raw figure is shown beside.', max_digits=18, null=True)),
                ('cap_quantile', models.FloatField(blank=True, help_text='Cap at this quantile of people who have any, e.g. 0.99.', null=True)),
                ('covariate_days', models.PositiveSmallIntegerField(blank=True, help_text='Take out what people did in so many days before (CUPED): narrower intervals.', null=True)),
                ('quantile', models.FloatField(blank=True, help_text='Of a quantile metric: 0.5, …', null=True)),
                ('margin', models.FloatField(blank=True, help_text='Of a guardrail: the loss that would be acceptable, e.g. 0.02 for 2 %.', null=True)),
                ('is_margin_relative', models.BooleanField(default=True)),
                ('experiment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='metrics', to='experiments.experiment')),
                ('role', models.CharField(choices=[('goal', 'goal: the verdict rests on it'), ('secondary', 'secondary: shown'), ('guardrail', 'guardrail: must not get worse')], default='secondary', max_length=12)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['experiment', 'position'],
                'constraints': [models.UniqueConstraint(fields=('experiment', 'key'), name='metric_key_once')],
            },
        ),
        migrations.CreateModel(
            name='OutcomeCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='experiments.metric')),
                ('is_capped', models.BooleanField(default=False)),
                ('arm', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='experiments.arm')),
                ('stratum', models.CharField(blank=True, max_length=80)),
                ('day', models.DateField()),
                ('period', models.PositiveIntegerField(default=0)),
                ('doers', models.BigIntegerField(help_text='Units whose value is not zero.')),
                ('sum_value', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('sum_denominator', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('sum_before', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('sum_denominator_before', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('product_value_value', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('product_value_denominator', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('product_value_before', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('product_value_denominator_before', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('product_denominator_denominator', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('product_denominator_before', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('product_denominator_denominator_before', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('product_before_before', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('product_before_denominator_before', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
                ('product_denominator_before_denominator_before', experiments.models.rollups.SumField(decimal_places=8, default=0, max_digits=80)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('metric', 'is_capped', 'arm', 'stratum', 'day', 'period'), name='outcome_cell_once')],
            },
        ),
        migrations.CreateModel(
            name='UnitOutcome',
            fields=[
                ('pk', models.CompositePrimaryKey('unit_id', 'metric_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('metric', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='experiments.metric')),
                ('unit_id', models.CharField(max_length=200)),
                ('arm', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='experiments.arm')),
                ('stratum', models.CharField(blank=True, max_length=80)),
                ('day', models.DateField(help_text='Of the assignment, UTC.')),
                ('period', models.PositiveIntegerField(default=0)),
                ('value', experiments.models.rollups.AmountField(decimal_places=4, default=0, max_digits=40)),
                ('denominator', experiments.models.rollups.AmountField(decimal_places=4, default=0, max_digits=40)),
                ('before', experiments.models.rollups.AmountField(decimal_places=4, default=0, max_digits=40)),
                ('denominator_before', experiments.models.rollups.AmountField(decimal_places=4, default=0, max_digits=40)),
            ],
        ),
        migrations.CreateModel(
            name='UnknownArm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('experiment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unknown_arms', to='experiments.experiment')),
                ('key', models.CharField(max_length=60)),
                ('times', models.PositiveIntegerField(default=0)),
                ('last_seen_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('experiment', 'key'), name='unknown_arm_once')],
            },
        ),
        migrations.CreateModel(
            name='WeightChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('experiment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='weight_changes', to='experiments.experiment')),
                ('period', models.PositiveIntegerField(help_text='0, 1, 2, … within the experiment.')),
                ('weights', models.JSONField(help_text='Weight of each arm by key.')),
                ('coverage', models.FloatField(default=1.0)),
                ('reason', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['experiment', 'period'],
                'constraints': [models.UniqueConstraint(fields=('experiment', 'period'), name='weight_change_once_per_period')],
            },
        ),
    ]
