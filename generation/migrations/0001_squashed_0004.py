import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('generation', '0001_initial'),
        ('generation', '0002_copy_of_any_channel'),
        ('generation', '0003_refusals_per_rule'),
        ('generation', '0004_what_writing_took'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='GenerationJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('requested_by', models.CharField(help_text="Whose job it is, in the asker's own words, e.g. campaign:42.", max_length=100)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                ('generator', models.CharField(help_text='Which generator writes, e.g. composer.', max_length=200)),
                ('candidates', models.PositiveSmallIntegerField(help_text='How many candidates each brief asks for.')),
                ('seed', models.PositiveBigIntegerField()),
                ('then', models.CharField(blank=True, help_text='The task to wake when the job ends.', max_length=100)),
                ('then_id', models.BigIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('woken_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When workers were last told of it; a lost message is sent again.')),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('status__in', ['queued', 'running'])), models.Q(('finished_at__isnull', False), ('status__in', ['done', 'failed', 'cancelled'])), _connector='OR'), name='generation_job_finished_has_a_time'), models.CheckConstraint(condition=models.Q(('candidates__gt', 0)), name='generation_job_asks_for_something')],
            },
        ),
        migrations.CreateModel(
            name='BriefRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='briefs', to='generation.generationjob')),
                ('key', models.CharField(help_text="The asker's name for it, e.g. segment-key/angle.", max_length=200)),
                ('payload', models.JSONField(help_text='The Brief, as JSON.')),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('claimed', 'Claimed'), ('done', 'Done')], default='queued', max_length=10)),
                ('claimed_by', models.CharField(blank=True, max_length=200)),
                ('claimed_at', models.DateTimeField(blank=True, help_text='Renewed while the worker lives.', null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('shortfall', models.CharField(blank=True, help_text='Why it got fewer candidates than asked for.', max_length=300)),
                ('texts', models.PositiveIntegerField(default=0)),
                ('prompt_tokens', models.PositiveBigIntegerField(default=0)),
                ('new_tokens', models.PositiveBigIntegerField(default=0)),
                ('seconds', models.FloatField(default=0, help_text='Its share of the time its batch took.')),
                ('cost', models.FloatField(default=0, help_text='In the currency the prices are given in.')),
                ('refusals', models.JSONField(blank=True, default=dict, help_text='How many candidates each rule sent back.')),
            ],
            options={
                'indexes': [models.Index(fields=['job', 'status'], name='brief_by_status')],
                'constraints': [models.UniqueConstraint(fields=('job', 'key'), name='brief_once_per_job'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'claimed'), _negated=True), ('claimed_at__isnull', False), _connector='OR'), name='brief_claimed_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='generation.briefrecord')),
                ('position', models.PositiveSmallIntegerField()),
                ('content', models.JSONField(help_text="The texts of the brief's channel by name; an email does not say its channel.")),
                ('findings', models.JSONField(default=list, help_text='Warnings of the guardrails; blocking ones never get this far.')),
                ('provenance', models.JSONField(help_text='Generator, revision, prompt version, seed, parameters.')),
                ('score', models.FloatField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['brief', 'position'],
                'constraints': [models.UniqueConstraint(fields=('brief', 'position'), name='draft_once_per_position')],
            },
        ),
    ]
