from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0010_learnt_examples")]

    operations = [
        migrations.AddField(
            model_name="knowledgebase",
            name="own_sentences",
            field=models.JSONField(
                default=dict,
                editable=False,
                help_text="By language, part and name: what the shop says in place of our sentences.",
            ),
        ),
    ]
