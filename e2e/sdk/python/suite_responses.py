"""The openai SDK's Responses API."""

import asyncio
import base64
import json

import openai

import check as checks
from check import (ASBRU, CITY, CITY_ARGS, CITY_ARGS2, KEY, PDF, PNG, PNG_SEEN, REFUSAL, TEXT, abandoned, check, drain, must, raises, refuses, run, same,
                   sent, speaks)
from openai_forms import STATUS, Forecast, Unit

C = openai.OpenAI(base_url=ASBRU + "/openai/v1", api_key=KEY, max_retries=0, timeout=20)
TOOLS = [{"type": "function", "name": "get_weather", "description": "Weather of a city", "parameters": CITY, "strict": True},
         {"type": "function", "name": "get_time", "description": "Time of a city", "parameters": CITY, "strict": True}]


def model(family, scenario):
    """OpenAI has Responses too; what has Chat Completions alone are the other models of this provider."""
    return "responses/chat-" + scenario if family == "openai" else checks.model(family, scenario)


def each(f):
    """Makes a function of (family, ask) a check for all modes: ask(scenario, **request) returns a response."""
    def body(family, mode):
        def params(scenario, more):
            return {"model": model(family, scenario), "input": "What is the weather?", "store": False, **more}

        def ask(scenario, **more):
            p = params(scenario, more)
            if mode == "unary":
                return C.responses.create(**p)
            if mode == "stream":
                return checked(list(C.responses.create(stream=True, **p)))
            return asyncio.run(one(p, mode))
        return f(family, ask)
    check(call=f.__name__)(body)
    return f


async def one(p, mode):
    async with openai.AsyncOpenAI(base_url=ASBRU + "/openai/v1", api_key=KEY, max_retries=0) as c:
        if mode == "async":
            return await c.responses.create(**p)
        return checked(await drain(await c.responses.create(stream=True, **p)))


def checked(events):
    """The order that OpenAI's own events have."""
    same(events[0].type, "response.created")
    must(events[-1].type in ("response.completed", "response.incomplete"), events[-1].type)
    numbers = [e.sequence_number for e in events if getattr(e, "sequence_number", None) is not None]
    same(numbers, sorted(set(numbers)), "sequence numbers")
    count = lambda kind: sum(e.type == kind for e in events)
    same(count("response.output_item.added"), count("response.output_item.done"), "items")
    same(count("response.content_part.added"), count("response.content_part.done"), "parts")
    return events[-1].response


def items(r):
    return [i.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for i in r.output]


def calls(r):
    return [i for i in r.output if i.type == "function_call"]


@each
def text(family, ask):
    r = ask("text", instructions="Be brief.", max_output_tokens=500, temperature=0.5,
            input=[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "And the weather?"}])
    same((r.output_text, r.status), (TEXT, "completed"))
    same((r.usage.input_tokens, r.usage.output_tokens, r.usage.total_tokens), (37, 11, 48))
    q, = sent(family, 1)
    for words in ("Be brief.", "Hello!", "And the weather?", "500", "0.5"):
        must(words in q["body"], "%s at the provider" % words)


@each
def tool(family, ask):
    r = ask("tool", tools=TOOLS)
    call, = calls(r)
    same((call.name, json.loads(call.arguments)), ("get_weather", CITY_ARGS))
    history = [{"role": "user", "content": "What is the weather?"}] + items(r)
    last = ask("tool", tools=TOOLS, input=history + [{"type": "function_call_output", "call_id": call.call_id, "output": "21 °C"}])
    same(last.output_text, "The tools said: 21 °C")


@each
def tools_swapped(family, ask):
    r = ask("tools", tools=TOOLS)
    a, b = calls(r)
    same([json.loads(a.arguments), json.loads(b.arguments)], [CITY_ARGS, CITY_ARGS2])
    history = [{"role": "user", "content": "What is the weather?"}] + items(r)
    last = ask("tools", tools=TOOLS, input=history + [{"type": "function_call_output", "call_id": c.call_id, "output": o} for c, o in ((b, "noon"), (a, "21 °C"))])
    same(sorted(last.output_text.removeprefix("The tools said: ").split("; ")), ["21 °C", "noon"])


@each
def choice(family, ask):
    named = {"type": "function", "name": "get_time"}
    for scenario, want, n in (("text", "auto", 0), ("text", "required", 1), ("tool", "none", 0), ("text", named, 1)):
        got = calls(ask(scenario, tools=TOOLS, tool_choice=want))
        same(len(got), n, "calls with tool_choice %s" % want)
        if want is named:
            same(got[0].name, "get_time")


refuses("choice", "cohere", "tool_choice")


@check(call="parse", modes=("unary", "stream"))
def parse(family, mode):
    p = {"model": model(family, "schema"), "input": "Forecast", "text_format": Forecast}
    if mode == "unary":
        r = C.responses.parse(**p)
    else:
        with C.responses.stream(**p) as s:
            checked(list(s))
            r = s.get_final_response()
    same((r.output_parsed.place.city, r.output_parsed.place.unit), ("Paris", Unit.C))


@each
def image(family, ask):
    r = ask("image", input=[{"role": "user", "content": [{"type": "input_text", "text": "What?"}, {"type": "input_image", "image_url": "data:image/png;base64," + PNG, "detail": "auto"}]}])
    must(r.output_text.startswith(PNG_SEEN), r.output_text)


@each
def pdf(family, ask):
    r = ask("image", input=[{"role": "user", "content": [{"type": "input_text", "text": "Read."}, {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64," + PDF}]}])
    must("pdf of %d bytes" % len(base64.b64decode(PDF)) in r.output_text, r.output_text)


refuses("pdf", "cohere", "file")


@each
def reasoning(family, ask):
    more = {"tools": TOOLS, "reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"], "max_output_tokens": 4000}
    r = ask("think-tool", **more)
    same(r.usage.output_tokens_details.reasoning_tokens, 0 if family == "bedrock" else 10)
    must(family == "openai" or any(i.type == "reasoning" for i in r.output), "a reasoning item")
    history = [{"role": "user", "content": "What is the weather?"}] + items(r)
    last = ask("think-tool", input=history + [{"type": "function_call_output", "call_id": calls(r)[0].call_id, "output": "21 °C"}], **more)
    must(last.output_text.endswith("The tools said: 21 °C"), last.output_text)
    qs = sent(family, 2)
    if family not in ("openai", "cohere"):
        sign = base64.b64encode(b"signed by the stand-in of " + speaks(family).encode() + b" \xff\xfe/+").decode()
        must(sign in qs[1]["body"], "the signature comes back")


@each
def cached(family, ask):
    u = ask("usage").usage
    same((u.input_tokens, u.input_tokens_details.cached_tokens, u.total_tokens), (120, 80, 144))


@each
def ends(family, ask):
    r = ask("length", max_output_tokens=16)
    same((r.status, r.incomplete_details.reason), ("incomplete", "max_output_tokens"))
    r = ask("refuse")
    part = r.output[0].content[0] if r.output else None
    must(part and (part.type == "refusal" and part.refusal == REFUSAL or r.incomplete_details.reason == "content_filter" and part.text == REFUSAL), r)


@check(modes=("unary", "stream"))
def errors(family, mode):
    for status, kind in STATUS.items():
        with raises(openai.APIStatusError) as e:
            list(C.responses.create(model=model(family, "error-%d" % status), input="Hi", stream=mode == "stream"))
        want = {401: 502, 403: 502}.get(status, status)
        same(e.value.status_code, want, "status for %d" % status)
        must(want != status or isinstance(e.value, kind), type(e.value))
        must(e.value.request_id and e.value.body["message"], e.value.body)
        if status == 429:
            same(e.value.response.headers.get("retry-after"), "7", "retry-after")


@check(call="errors.stream", modes=("stream",))
def errors_stream(family, mode):
    for scenario in ("error-stream", "cut", "cut-clean"):
        try:
            last = list(C.responses.create(model=model(family, scenario), input="Hi", stream=True))[-1]
        except openai.APIError:
            continue
        if (family, scenario) == ("responses", "cut-clean"):
            must(last.type != "response.completed", "no end was sent")
            continue
        must(last.type in ("error", "response.failed"), "%s ends with %s" % (scenario, last.type))


@check(modes=("stream",))
def cancel(family, mode):
    s = C.responses.create(model=model(family, "slow"), input="Hi", stream=True)
    for _ in zip(range(5), s):
        pass
    s.close()
    abandoned()


@check(call="previous", modes=("unary",))
def previous(family, mode):
    r = C.responses.create(model=model(family, "text"), input="Hi", previous_response_id="resp_1")
    same(r.output_text, TEXT)
    same(sent(family, 1)[0]["json"].get("previous_response_id"), "resp_1")


refuses("previous", "openai anthropic gemini bedrock cohere", "previous_response_id|conversation")


@check(call="count", modes=("unary",))
def count(family, mode):
    same(C.responses.input_tokens.count(model=checks.model(family, "text"), input="Hi").input_tokens, 42)


refuses("count", "responses cohere", "it has no counting of tokens")


if __name__ == "__main__":
    run("openai responses")
