"""The mistralai SDK, whose answers are strict models: chat, its stream, embeddings."""

import asyncio
import base64
import json

from mistralai.client import Mistral
from mistralai.client import errors as failures

from check import (ASBRU, CITY, CITY_ARGS, CITY_ARGS2, KEY, PNG, PNG_SEEN, REFUSAL, TEXT, THOUGHT, abandoned, check, model, must, raises, run, same, sent, speaks)

C = Mistral(api_key=KEY, server_url=ASBRU + "/mistral", timeout_ms=20000)
ASK = [{"role": "user", "content": "What is the weather?"}]
TOOLS = [{"type": "function", "function": {"name": n, "description": n, "parameters": CITY}} for n in ("get_weather", "get_time")]


def join(chunks):
    """The message, its end and its usage, of a stream's chunks."""
    text, thought, sign, calls, finish, usage = "", "", None, [], None, None
    for c in chunks:
        usage = c.data.usage or usage
        for choice in c.data.choices:
            d = choice.delta
            text += said(d.content)
            thought += thinking(d.content)
            sign = signature(d.content) or sign
            for t in d.tool_calls or []:
                if t.index is not None and t.index < len(calls):
                    calls[t.index]["function"]["arguments"] += t.function.arguments if isinstance(t.function.arguments, str) else json.dumps(t.function.arguments)
                else:
                    calls.append({"id": t.id, "type": "function", "function": {"name": t.function.name, "arguments": t.function.arguments}})
            finish = choice.finish_reason or finish
    return message(text, thought, sign, calls), finish, usage


def said(content):
    return content if isinstance(content, str) else "".join(c.text for c in content or [] if c.type == "text")


def thinking(content):
    return "" if isinstance(content, str) else "".join(t.text for c in content or [] if c.type == "thinking" for t in c.thinking)


def signature(content):
    return None if isinstance(content, str) else next((c.signature for c in content or [] if c.type == "thinking" and c.signature), None)


def message(text, thought, sign, calls):
    content = text
    if thought:
        content = [{"type": "thinking", "thinking": [{"type": "text", "text": thought}], "closed": True, **({"signature": sign} if sign else {})}, {"type": "text", "text": text}]
    return {"role": "assistant", "content": content, **({"tool_calls": calls} if calls else {})}


def each(f):
    def body(family, mode):
        def ask(scenario, **more):
            p = {"model": model(family, scenario), "messages": ASK, **more}
            if mode == "unary":
                return whole(C.chat.complete(**p))
            if mode == "stream":
                with C.chat.stream(**p) as s:
                    return join(list(s))
            return asyncio.run(later(p, mode))
        return f(family, ask)
    check(call=f.__name__)(body)
    return f


def whole(r):
    m = r.choices[0].message
    calls = [{"id": t.id, "type": "function", "function": {"name": t.function.name, "arguments": t.function.arguments}} for t in m.tool_calls or []]
    return message(said(m.content), thinking(m.content), signature(m.content), calls), r.choices[0].finish_reason, r.usage


async def later(p, mode):
    async with Mistral(api_key=KEY, server_url=ASBRU + "/mistral") as c:
        if mode == "async":
            return whole(await c.chat.complete_async(**p))
        return join([x async for x in await c.chat.stream_async(**p)])


def results(*pairs):
    return [{"role": "tool", "tool_call_id": c["id"], "name": c["function"]["name"], "content": t} for c, t in pairs]


@each
def text(family, ask):
    m, finish, usage = ask("text", messages=[{"role": "system", "content": "Be brief."}] + ASK, max_tokens=500, temperature=0.5)
    same((m["content"], finish), (TEXT, "stop"))
    same((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (37, 11, 48))
    sent(family, 1)


@each
def tool(family, ask):
    m, finish, _ = ask("tool", tools=TOOLS)
    call, = m["tool_calls"]
    same((call["function"]["name"], json.loads(call["function"]["arguments"]), finish), ("get_weather", CITY_ARGS, "tool_calls"))
    same(ask("tool", tools=TOOLS, messages=ASK + [m] + results((call, "21 °C")))[0]["content"], "The tools said: 21 °C")


@each
def tools_two(family, ask):
    m, _, _ = ask("tools", tools=TOOLS)
    a, b = m["tool_calls"]
    same([json.loads(c["function"]["arguments"]) for c in (a, b)], [CITY_ARGS, CITY_ARGS2])
    same(ask("tools", tools=TOOLS, messages=ASK + [m] + results((a, "21 °C"), (b, "noon")))[0]["content"], "The tools said: 21 °C; noon")


@each
def choice(family, ask):
    same(len(ask("text", tools=TOOLS, tool_choice="required")[0].get("tool_calls", [])), 1)
    same(len(ask("tool", tools=TOOLS, tool_choice="none")[0].get("tool_calls", [])), 0)


@each
def schema(family, ask):
    m, _, _ = ask("schema", response_format={"type": "json_schema", "json_schema": {"name": "place", "schema": CITY, "strict": True}})
    same(json.loads(m["content"]), CITY_ARGS)


@each
def image(family, ask):
    m, _, _ = ask("image", messages=[{"role": "user", "content": [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PNG}}]}])
    must(m["content"].startswith(PNG_SEEN), m)


@each
def reasoning(family, ask):
    # It has no place for the signature that Gemini's calls carry; a model that signs calls is not asked for any.
    scenario = "think" if family == "gemini" else "think-tool"
    m, _, _ = ask(scenario, tools=TOOLS, reasoning_effort="high", max_tokens=4000)
    same(m["content"][0]["thinking"][0]["text"], THOUGHT)
    if family != "gemini":
        last, _, _ = ask(scenario, tools=TOOLS, reasoning_effort="high", max_tokens=4000, messages=ASK + [m] + results((m["tool_calls"][0], "21 °C")))
        must("The tools said: 21 °C" in last["content"][-1]["text"] if isinstance(last["content"], list) else last["content"], last)
    if family in ("responses", "anthropic", "bedrock"):
        sign = base64.b64encode(b"signed by the stand-in of " + speaks(family).encode() + b" \xff\xfe/+").decode()
        must(sign in sent(family, 2)[1]["body"].replace("\\/", "/"), "the signature comes back")


@each
def ends(family, ask):
    same(ask("length", max_tokens=5)[1], "length")
    must(REFUSAL in ask("refuse")[0]["content"], "the refusal")


@check(modes=("unary", "stream"))
def errors(family, mode):
    for status in (400, 404, 422, 429, 500, 503, 529):
        with raises(failures.SDKError if status != 422 else failures.MistralError, status) as e:
            p = {"model": model(family, "error-%d" % status), "messages": ASK}
            C.chat.complete(**p) if mode == "unary" else C.chat.stream(**p)
        must(e.value.headers.get("x-request-id"), e.value.headers)


@check(modes=("stream",))
def cancel(family, mode):
    with C.chat.stream(model=model(family, "slow"), messages=ASK) as s:
        for _ in zip(range(3), s):
            pass
    abandoned()


@check(modes=("unary",), families=("openai", "gemini", "cohere"))
def embeddings(family, mode):
    r = C.embeddings.create(model=model(family, "embed"), inputs=["a", "b"])
    must(r.id, "an id")
    same([d.index for d in r.data], [0, 1])
    must(r.data[0].embedding != r.data[1].embedding and r.data[0].embedding, "vectors")


if __name__ == "__main__":
    run("mistralai")
