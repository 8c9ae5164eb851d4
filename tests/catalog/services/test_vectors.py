import numpy as np
import pytest

from catalog.models import Product
from catalog.selectors import products_like
from catalog.services import products_encode, products_see
from catalog.services.seeing import NO_ENCODER
from core.errors import DomainError
from inference.backends.clip import load_encoder
from inference.encoders import ScriptedEncoder
from inference.images import ScriptedImageEncoder
from tests.factories import catalog as make
from tests.inference.tiny_image_models import picture, save_clip, written

pytestmark = pytest.mark.django_db


class Counting(ScriptedEncoder):
    def __init__(self, name="counting"):
        super().__init__()
        self.name, self.texts = name, []

    def encode(self, texts, *, progress=None):
        self.texts += texts
        return super().encode(texts, progress=progress)


def test_every_product_gets_a_vector_of_its_words_once():
    make.product(title="Wool scarf", category="Scarves", brand="Harbour", description="Warm")
    encoder = Counting()
    assert products_encode(encoder=encoder) == 1
    assert encoder.texts == ["Wool scarf. Scarves. Harbour. Warm"]
    stored = np.asarray(Product.objects.get().vector)
    np.testing.assert_allclose(stored, encoder.encode(encoder.texts)[0], atol=1e-6)
    assert products_encode(encoder=Counting()) == 0


@pytest.mark.parametrize("field", ["title", "category", "brand", "description"])
def test_changed_words_make_a_new_vector(field):
    product = make.product()
    products_encode(encoder=Counting())
    Product.objects.filter(pk=product.pk).update(**{field: "something else"})
    assert products_encode(encoder=Counting()) == 1


def test_a_new_price_makes_none():
    product = make.product()
    products_encode(encoder=Counting())
    Product.objects.filter(pk=product.pk).update(price=1, in_stock=False)
    assert products_encode(encoder=Counting()) == 0


def test_another_encoder_makes_them_all_anew():
    make.product()
    products_encode(encoder=Counting())
    assert products_encode(encoder=Counting(name="another")) == 1


def test_an_encoder_of_another_size_is_refused():
    with pytest.raises(DomainError, match="vectors of 8 numbers"):
        products_encode(encoder=ScriptedEncoder(size=8))


def test_the_nearest_product_is_found_in_the_database():
    for title in ("Wool scarf", "Wool hat", "Garden hose"):
        make.product(title=title, category="")
    encoder = Counting()
    products_encode(encoder=encoder)
    make.product(title="Wool scarf", in_stock=False)
    asked = encoder.encode(["wool scarf"])[0]
    nearest = list(products_like(asked, limit=2))
    assert [product.title for product in nearest] == ["Wool scarf", "Wool hat"]
    expected = 1 - encoder.encode(["Wool scarf"])[0] @ asked
    assert nearest[0].distance == pytest.approx(expected, abs=1e-5)


@pytest.fixture
def pictures(tmp_path, settings):
    settings.IMAGE_FOLDER = str(tmp_path)
    (tmp_path / "red.png").write_bytes(written(picture(1)))
    (tmp_path / "photo.webp").write_bytes(written(picture(2), "WEBP"))
    (tmp_path / "broken.jpg").write_bytes(b"<html>not found</html>")
    return tmp_path


def of(name):
    return make.product(image_url=f"https://shop.example/img/{name}?width=800")


def test_pictures_become_vectors_and_what_is_none_is_said(pictures):
    red, photo, broken, missing = map(of, ("red.png", "photo.webp", "broken.jpg", "gone.png"))
    seen = products_see(encoder=ScriptedImageEncoder())
    assert (seen.made, seen.failed, seen.note) == (2, 2, "")
    for product in (red, photo, broken, missing):
        product.refresh_from_db()
    assert len(red.image_vector) == len(photo.image_vector) == 48
    assert broken.image_vector is None
    assert "no picture of PNG" in broken.image_problem
    assert "no file 'gone.png'" in missing.image_problem


def test_a_picture_is_looked_at_once(pictures):
    product = of("red.png")
    of("broken.jpg")
    products_see(encoder=ScriptedImageEncoder())
    again = products_see(encoder=ScriptedImageEncoder())
    assert (again.made, again.failed) == (0, 0)
    Product.objects.filter(pk=product.pk).update(image_url="https://shop.example/photo.webp")
    assert products_see(encoder=ScriptedImageEncoder()).made == 1


def test_without_an_encoder_it_is_said(settings):
    settings.IMAGE_ENCODER = ""
    of("red.png")
    assert products_see().note == NO_ENCODER


def test_a_real_clip_model_sees_them(pictures, tmp_path):
    product = of("red.png")
    encoder = load_encoder(str(save_clip(tmp_path / "clip")))
    assert products_see(encoder=encoder).made == 1
    product.refresh_from_db()
    np.testing.assert_allclose(product.image_vector, encoder.encode([picture(1)])[0], atol=1e-5)


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "%00", ".."])
def test_an_address_cannot_climb_out_of_the_folder(pictures, name):
    product = of(name)
    products_see(encoder=ScriptedImageEncoder())
    product.refresh_from_db()
    assert product.image_vector is None
    assert "no file" in product.image_problem


def test_a_picture_inside_the_network_is_not_fetched(settings):
    settings.IMAGE_FOLDER, settings.FETCH_ALLOWED_HOSTS = "", []
    product = make.product(image_url="http://127.0.0.1:1/a.png")
    assert products_see(encoder=ScriptedImageEncoder()).failed == 1
    product.refresh_from_db()
    assert "inside a network" in product.image_problem
