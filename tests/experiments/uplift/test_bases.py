import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from experiments.uplift.bases import PENALTY, fit_outcome


@pytest.mark.parametrize(("units", "features"), [(1_500, 3), (8, 1), (3, 6), (40, 20)])
@pytest.mark.parametrize("is_weighed", [False, True])
def test_ridge_is_scikit_learns(units, features, is_weighed):
    rng = np.random.default_rng(units)
    x = rng.normal(50, 5, (units, features))
    y = x @ rng.normal(size=features) + rng.normal(size=units)
    weights = rng.random(units) * 3 if is_weighed else None
    ours = fit_outcome("ridge", x, y, rng=rng, weights=weights)
    scaler = StandardScaler().fit(x)
    theirs = Ridge(PENALTY).fit(scaler.transform(x), y, sample_weight=weights)
    new = rng.normal(50, 5, (7, features))
    assert ours(new) == pytest.approx(theirs.predict(scaler.transform(new)), rel=1e-10)
