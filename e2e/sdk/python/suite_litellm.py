"""litellm in front of asbru: its own five dialects, each to every family."""

import asyncio
import json
import os

from check import environment

environment("litellm")
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it looks for a list of prices
os.environ["LITELLM_LOG"] = "CRITICAL"

import litellm  # noqa: E402

from check import ASBRU, CITY, CITY_ARGS, KEY, TEXT, Skip, check, drain, model, must, raises, run, same, sent  # noqa: E402

litellm.suppress_debug_info = True
litellm.telemetry = False
ASK = [{"role": "user", "content": "What is the weather?"}]
TOOLS = [{"type": "function", "function": {"name": "get_weather", "description": "Weather", "parameters": CITY}}]
DOORS = {"openai": {"api_base": ASBRU + "/litellm/v1", "api_key": KEY}, "anthropic": {"api_base": ASBRU + "/litellm/anthropic", "api_key": KEY},
         "gemini": {"api_base": ASBRU + "/litellm/genai/v1beta", "api_key": KEY}, "cohere_chat": {"api_base": ASBRU + "/litellm/cohere/v2/chat", "api_key": KEY},
         "mistral": {"api_base": ASBRU + "/litellm/mistral/v1", "api_key": KEY}}


def asker(door, family, mode):
    if door == "cohere_chat" and "stream" in mode:
        raise Skip("it stumbles over the event lines that Cohere's own streams have")

    def ask(scenario, **more):
        name = model(family, scenario).replace("responses/", "replies/")  # it takes responses/ for a word of its own
        p = {"model": door + "/" + name, "messages": ASK, "max_tokens": 500, "num_retries": 0, "timeout": 20, **DOORS[door], **more}
        if "stream" in mode:
            p.update(stream=True, stream_options={"include_usage": True})
        if "async" in mode:
            return asyncio.run(later(p, mode))
        r = litellm.completion(**p)
        return litellm.stream_chunk_builder(list(r)) if mode == "stream" else r
    return ask


async def later(p, mode):
    r = await litellm.acompletion(**p)
    return litellm.stream_chunk_builder(await drain(r)) if "stream" in mode else r


def through(door):
    def text(family, mode):
        r = asker(door, family, mode)("text", messages=[{"role": "system", "content": "Be brief."}] + ASK)
        same((r.choices[0].message.content, r.choices[0].finish_reason), (TEXT, "stop"))
        same((r.usage.prompt_tokens, r.usage.completion_tokens), (37, 11))
        must("Be brief." in sent(family, 1)[0]["body"], "the system prompt")

    def tool(family, mode):
        ask = asker(door, family, mode)
        m = ask("tool", tools=TOOLS).choices[0].message
        call, = m.tool_calls
        same(json.loads(call.function.arguments), CITY_ARGS)
        back = {"role": "assistant", "content": m.content, "tool_calls": [c.model_dump() for c in m.tool_calls]}
        last = ask("tool", tools=TOOLS, messages=ASK + [back, {"role": "tool", "tool_call_id": call.id, "name": "get_weather", "content": "21 °C"}])
        must("21 °C" in last.choices[0].message.content, last)

    def errors(family, mode):
        # it makes of some 404 and 503 the class that its tables say for the vendor
        for status, kind in {400: litellm.BadRequestError, 404: (litellm.NotFoundError, litellm.BadRequestError), 429: litellm.RateLimitError,
                             503: (litellm.ServiceUnavailableError, litellm.InternalServerError)}.items():
            with raises(kind):
                asker(door, family, mode)("error-%d" % status)

    check(call=door + " text")(text)
    check(call=door + " tool")(tool)
    check(call=door + " errors", modes=("unary",))(errors)


for name in DOORS:
    through(name)

if __name__ == "__main__":
    run("litellm", strict=False)
