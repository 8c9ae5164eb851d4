import base64

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from core.sealing import LONGEST_TOKEN, SealBroken, seal, unseal

VALUE = ["ann@shop.example", "autumn", {"n": 1}]


def raw(token):
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def test_what_was_sealed_comes_out_and_the_token_shows_nothing_of_it():
    token = seal("a", VALUE)
    assert unseal("a", token) == VALUE
    assert seal("a", VALUE) == token
    assert b"ann" not in raw(token)
    assert token.replace("-", "").replace("_", "").isalnum()


def test_a_token_is_for_one_purpose():
    with pytest.raises(SealBroken):
        unseal("b", seal("a", VALUE))


def test_no_bit_of_a_token_can_be_changed():
    sealed = raw(seal("a", VALUE))
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        token = base64.urlsafe_b64encode(changed).decode().rstrip("=")
        with pytest.raises(SealBroken):
            unseal("a", token)


@pytest.mark.parametrize(
    "token", ["", "a", "!!!", "é", "AAAA", "A" * (LONGEST_TOKEN + 1), "../../etc/passwd", "\x00"]
)
def test_what_is_no_token_opens_nothing(token):
    with pytest.raises(SealBroken):
        unseal("a", token)


def test_another_spelling_of_the_same_bytes_is_no_token():
    # Two bytes take three characters, whose last two bits mean nothing.
    token = next(t for n in range(99) if len(raw(t := seal("a", "x" * n))) % 3 == 2)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    assert raw(other) == raw(token)
    with pytest.raises(SealBroken):
        unseal("a", other)


def test_a_token_outlives_a_new_key_that_names_the_old_one(settings):
    settings.SECRET_KEY = "one" * 20
    token = seal("a", VALUE)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "two" * 20, ["one" * 20]
    assert unseal("a", token) == VALUE
    assert seal("a", VALUE) != token
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealBroken):
        unseal("a", token)


def test_the_cipher_is_that_of_rfc_5297():
    # Appendix A.1 of the RFC.
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    header = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    plain = bytes.fromhex("112233445566778899aabbccddee")
    sealed = AESSIV(key).encrypt(plain, [header])
    assert sealed.hex() == "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"
