import core.transactions
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

from events.migrations._parts import into_one, into_parts


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('events', '0001_initial'),
        ('events', '0002_roll_ups'),
        ('events', '0003_bots_aliases_and_readers'),
        ('events', '0004_events_by_name'),
        ('events', '0005_parts_by_month'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AddressWaiting',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name_plural': 'addresses waiting',
            },
        ),
        migrations.CreateModel(
            name='LogReader',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('watermark', models.BigIntegerField(default=0, help_text='Events of every transaction below this have been read.')),
                ('read_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Rejection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True)),
                ('reason', models.CharField(max_length=300)),
                ('payload', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='UnitChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_id', models.CharField(max_length=200)),
                ('transaction_id', models.BigIntegerField(db_default=core.transactions.CurrentTransaction(), db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(help_text="The API key's prefix, or the import it came by.", max_length=60)),
                ('message_id', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('track', 'Track'), ('page', 'Page'), ('screen', 'Screen'), ('identify', 'Identify'), ('group', 'Group'), ('alias', 'Alias')], max_length=10)),
                ('name', models.CharField(blank=True, help_text='For track: what was done, e.g. Order Completed.', max_length=200)),
                ('unit_id', models.CharField(help_text="The contact's external id (userId, else anonymousId).", max_length=200)),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('value', models.DecimalField(decimal_places=4, help_text='properties.revenue, else properties.value: exact.', max_digits=18, null=True)),
                ('properties', models.JSONField(default=dict)),
                ('context', models.JSONField(default=dict)),
                ('bot_reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, db_default=[], default=list, help_text='Why a program and not a person is thought to have done it; it counts nowhere.', size=None)),
                ('transaction_id', models.BigIntegerField(db_default=core.transactions.CurrentTransaction(), help_text='The transaction that stored it: readers go on from where all are done.')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('unit_id', ''), _negated=True), name='event_has_a_unit'), models.CheckConstraint(condition=models.Q(('kind__in', ['track', 'page', 'screen', 'identify', 'group', 'alias'])), name='event_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='EventSeen',
            fields=[
                ('digest', models.UUIDField(primary_key=True, serialize=False)),
                ('month', models.DateField(help_text='The month it came in: the first day.')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['month'], name='event_seen_by_month')],
            },
        ),
        migrations.CreateModel(
            name='UnitAlias',
            fields=[
                ('alias', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('unit_id', models.CharField(db_index=True, max_length=200)),
                ('since', models.DateTimeField(help_text='When the event that says so happened.')),
            ],
            options={
                'verbose_name_plural': 'unit aliases',
                'constraints': [models.CheckConstraint(condition=models.Q(('alias', models.F('unit_id')), _negated=True), name='alias_is_another_name')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(into_parts, into_one)],
            state_operations=[
                migrations.AddIndex(
                    model_name='event',
                    index=models.Index(fields=['unit_id', 'name', 'occurred_at'], name='event_by_unit'),
                ),
                migrations.AddIndex(
                    model_name='event',
                    index=models.Index(fields=['name', 'occurred_at'], include=('unit_id',), name='event_by_name'),
                ),
                migrations.AddIndex(
                    model_name='event',
                    index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['transaction_id'], name='event_by_transaction'),
                ),
                migrations.AddIndex(
                    model_name='event',
                    index=models.Index(condition=models.Q(('bot_reasons', []), _negated=True), fields=['occurred_at'], name='event_flagged_by_time'),
                ),
            ],
        ),
    ]
