import json

from audience.checks import check_encoder_fits


def test_the_encoder_in_the_wheel_fits():
    assert check_encoder_fits() == []


def test_an_encoder_of_another_size_is_reported_with_the_cure(settings, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 768}))
    settings.ENCODER_MODEL = str(tmp_path)

    [found] = check_encoder_fits()

    assert found.id == "audience.E001"
    assert "vectors of 768 numbers" in found.msg
    assert "ENCODER_MODEL" in found.hint


def test_an_encoder_of_the_right_size_passes(settings, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 384}))
    settings.ENCODER_MODEL = str(tmp_path)

    assert check_encoder_fits() == []
