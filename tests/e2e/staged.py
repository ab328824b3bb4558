"""Sources that bring a chat into one state and leave it there, to be looked at. Kernels of the tests can import it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from ipytalk import SourceError
from ipytalk.events import End, Place, Text, Thinking
from ipytalk.messages import ToolPart, Usage


async def silent(_: Any) -> AsyncIterator[str]:
    """Never answer."""
    await asyncio.sleep(3600)
    yield ""


async def overloaded(_: Any) -> AsyncIterator[str]:
    """Fail in a way that passes."""
    message = "The model is overloaded. It usually passes within a minute."
    raise SourceError(message, kind="overloaded", retryable=True, retry_after=42)
    yield ""


async def cut_off(_: Any) -> AsyncIterator[str]:
    """Fail in mid-sentence."""
    yield "The three stations differ in **altitude**, so their means can't be"
    message = "The connection closed before the answer was complete. Try again for the rest."
    raise SourceError(message, kind="truncated", retryable=True)


async def half_said(_: Any) -> AsyncIterator[str]:
    """Stop to speak in mid-sentence."""
    yield "Three things to look at:\n\n1. the **residuals**, which widen\n2. the `leverage` of each point"
    await asyncio.sleep(3600)


async def with_tools(_: Any) -> AsyncIterator[Any]:
    """Think, run one tool, and ask whether to run another."""
    yield Thinking("The residuals widen with the fitted values, so the variance isn't constant. ")
    yield Thinking("A log transform or weighted least squares would be the usual cure; I check which.")
    await asyncio.sleep(1)
    yield Text("Your residuals *widen* with the fitted values. I test that before I say more.")
    yield Place(ToolPart("1", "breusch_pagan", {"model": "ols", "alpha": 0.05}, "done", "LM = 14.2, p = 0.0002"))
    yield Text("The variance isn't constant (p = 0.0002). I'd refit the model on a log scale:")
    yield Place(ToolPart("2", "run_python", {"code": "refit = smf.ols('np.log(y) ~ x', data=df).fit()"}, "asking"))
    await asyncio.sleep(3600)


RICH = r"""## The fit, on a log scale

The variance grows with the mean, so **least squares** weighs the wrong points. With $\log y$ as the response

$$\log y_i = \beta_0 + \beta_1 x_i + \varepsilon_i, \qquad \varepsilon_i \sim \mathcal{N}(0, \sigma^2)$$

the residuals are level, and a [Breusch-Pagan test](https://en.wikipedia.org/wiki/Breusch-Pagan_test) agrees:

```python
fit = smf.ols("np.log(y) ~ x", data=df).fit()
lm, p, *_ = het_breuschpagan(fit.resid, fit.model.exog)
print(f"LM = {lm:.1f}, p = {p:.2f}")   # was p = 0.0002
```

| model | R² | AIC | p |
|:------|------:|----:|--:|
| linear | 0.71 | 412.8 | 0.0002 |
| logarithmic | **0.83** | **187.1** | 0.41 |

> Coefficients now read as *percentages*: one more unit of `x` raises `y` by about 8 %.
"""


async def rich(_: Any) -> AsyncIterator[Any]:
    """Answer with all that Markdown has."""
    for line in RICH.splitlines(keepends=True):
        yield Text(line)
        await asyncio.sleep(0.02)
    yield End("end_turn", Usage(input_tokens=1843, output_tokens=287, cached_tokens=1536))
