"""The google-genai SDK: generateContent, its stream, embeddings and counts."""

import asyncio
import base64

from google import genai
from google.oauth2.credentials import Credentials
from google.genai import errors as failures
from google.genai import types
from pydantic import BaseModel

from check import (ASBRU, CITY, CITY_ARGS, CITY_ARGS2, KEY, PDF, PNG, PNG_SEEN, REFUSAL, TEXT, abandoned, check, drain, model, must, raises,
                   refuses, run, same, sent)

OPTIONS = types.HttpOptions(base_url=ASBRU + "/genai", api_version="v1beta", timeout=20000)
C = genai.Client(api_key=KEY, http_options=OPTIONS)
ASK = "What is the weather?"
TOOLS = [types.Tool(function_declarations=[
    types.FunctionDeclaration(name="get_weather", description="Weather of a city", parameters_json_schema=CITY),
    types.FunctionDeclaration(name="get_time", description="Time of a city", parameters_json_schema=CITY)])]


def join(chunks):
    """One response of a stream's chunks: parts are kept, texts joined."""
    last = chunks[-1]
    parts = [p for c in chunks for p in ((c.candidates or [None])[0].content.parts or [] if c.candidates and c.candidates[0].content else [])]
    kept = []
    for p in parts:
        if kept and p.text is not None and kept[-1].text is not None and bool(p.thought) == bool(kept[-1].thought) and not kept[-1].thought_signature:
            kept[-1] = kept[-1].model_copy(update={"text": kept[-1].text + p.text, "thought_signature": p.thought_signature})
        else:
            kept.append(p)
    finish = next((c.candidates[0].finish_reason for c in reversed(chunks) if c.candidates and c.candidates[0].finish_reason), None)
    usage = next((c.usage_metadata for c in reversed(chunks) if c.usage_metadata), None)
    return types.GenerateContentResponse(usage_metadata=usage, response_id=last.response_id, candidates=[
        types.Candidate(content=types.Content(role="model", parts=kept), finish_reason=finish)])


def each(f):
    """Makes a function of (family, ask) a check for all modes: ask(scenario, contents, **config) returns a response."""
    def body(family, mode):
        def ask(scenario, contents=ASK, **config):
            p = {"model": model(family, scenario), "contents": contents, "config": types.GenerateContentConfig(
                automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True), **config)}
            if mode == "unary":
                return C.models.generate_content(**p)
            if mode == "stream":
                return join(list(C.models.generate_content_stream(**p)))
            return asyncio.run(later(p, mode))
        return f(family, ask)
    check(call=f.__name__)(body)
    return f


async def later(p, mode):
    async with genai.Client(api_key=KEY, http_options=OPTIONS).aio as c:
        if mode == "async":
            return await c.models.generate_content(**p)
        return join(await drain(await c.models.generate_content_stream(**p)))


def told(r):
    return "".join(p.text for p in r.candidates[0].content.parts if p.text and not p.thought)


def calls(r):
    return [p.function_call for p in r.candidates[0].content.parts if p.function_call]


def back(r):
    return r.candidates[0].content


def results(*pairs):
    return types.Content(role="user", parts=[types.Part(function_response=types.FunctionResponse(id=c.id, name=c.name, response={"result": text})) for c, text in pairs])


def user(*parts):
    return types.Content(role="user", parts=[types.Part.from_text(text=p) if isinstance(p, str) else p for p in parts])


def ended(r):
    return r.candidates[0].finish_reason.value


@each
def text(family, ask):
    r = ask("text", [user("Hi"), types.Content(role="model", parts=[types.Part(text="Hello!")]), user("And the weather?")],
            system_instruction="Be brief.", max_output_tokens=500, temperature=0.5)
    same((told(r), ended(r)), (TEXT, "STOP"))
    u = r.usage_metadata
    same((u.prompt_token_count, u.candidates_token_count, u.total_token_count), (37, 11, 48))
    q, = sent(family, 1)
    for words in ("Be brief.", "Hello!", "And the weather?", "500", "0.5"):
        must(words in q["body"], "%s at the provider" % words)


@each
def tool(family, ask):
    r = ask("tool", tools=TOOLS)
    call, = calls(r)
    same((call.name, call.args), ("get_weather", CITY_ARGS))
    last = ask("tool", [user(ASK), back(r), results((call, "21 °C"))], tools=TOOLS)
    must("21 °C" in told(last), told(last))


@each
def tools_two(family, ask):
    r = ask("tools", tools=TOOLS)
    a, b = calls(r)
    same([a.args, b.args], [CITY_ARGS, CITY_ARGS2])
    last = ask("tools", [user(ASK), back(r), results((a, "21 °C"), (b, "noon"))], tools=TOOLS)
    must(told(last).index("21 °C") < told(last).index("noon"), told(last))


@each
def choice(family, ask):
    for scenario, want, n in (("text", "AUTO", 0), ("text", "ANY", 1), ("tool", "NONE", 0), ("text", "named", 1)):
        named = {"mode": "ANY", "allowed_function_names": ["get_time"]} if want == "named" else {"mode": want}
        got = calls(ask(scenario, tools=TOOLS, tool_config=types.ToolConfig(function_calling_config=types.FunctionCallingConfig(**named))))
        same(len(got), n, "calls with %s" % want)
        if want == "named":
            same(got[0].name, "get_time")


refuses("choice", "cohere", "tool|function")


class Place(BaseModel):
    city: str
    degrees: int


@check(call="parse", modes=("unary", "async"))
def parse(family, mode):
    p = {"model": model(family, "schema"), "contents": ASK, "config": {"response_mime_type": "application/json", "response_schema": Place}}
    r = C.models.generate_content(**p) if mode == "unary" else asyncio.run(later(p, mode))
    same(r.parsed, Place(city="Paris", degrees=7))


@each
def image(family, ask):
    r = ask("image", user("What?", types.Part.from_bytes(data=base64.b64decode(PNG), mime_type="image/png")))
    must(told(r).startswith(PNG_SEEN), told(r))


@each
def pdf(family, ask):
    r = ask("image", user("Read.", types.Part.from_bytes(data=base64.b64decode(PDF), mime_type="application/pdf")))
    must("pdf of %d bytes" % len(base64.b64decode(PDF)) in told(r), told(r))


refuses("pdf", "cohere", "file")


@each
def reasoning(family, ask):
    more = {"tools": TOOLS, "max_output_tokens": 4000, "thinking_config": types.ThinkingConfig(include_thoughts=True, thinking_budget=2000)}
    r = ask("think-tool", **more)
    must(any(p.thought for p in r.candidates[0].content.parts), r)
    same(r.usage_metadata.thoughts_token_count or 0, 0 if family == "bedrock" else 10)
    last = ask("think-tool", [user(ASK), back(r), results((calls(r)[0], "21 °C"))], **more)
    must("21 °C" in told(last), told(last))
    if family not in ("openai", "cohere"):
        must("signed" in str([base64.b64decode(s + "==") for s in _strings(sent(family, 2)[1]["json"]) if s.startswith("c2ln")]), "the signature comes back")


def _strings(v):
    if isinstance(v, str):
        return [v]
    return [s for x in (v.values() if isinstance(v, dict) else v if isinstance(v, list) else []) for s in _strings(x)]


@each
def cached(family, ask):
    u = ask("usage").usage_metadata
    same((u.prompt_token_count, u.cached_content_token_count, u.total_token_count), (120, 80, 144))


@each
def ends(family, ask):
    same(ended(ask("length", max_output_tokens=5)), "MAX_TOKENS")
    same(ended(ask("stop", stop_sequences=["END"])), "STOP")
    r = ask("refuse")
    must(told(r) == REFUSAL and (ended(r) == "SAFETY" or family in ("openai", "responses")), r)


refuses("ends", "responses", "stop")


@check(modes=("unary", "stream"))
def errors(family, mode):
    for status in (400, 404, 413, 422, 429, 500, 503, 529):
        with raises(failures.APIError, status) as e:
            p = {"model": model(family, "error-%d" % status), "contents": ASK}
            C.models.generate_content(**p) if mode == "unary" else list(C.models.generate_content_stream(**p))
        must(isinstance(e.value, failures.ClientError if status < 500 else failures.ServerError), type(e.value))
        must(e.value.message and e.value.status, e.value)


@check(call="errors.stream", modes=("stream",))
def errors_stream(family, mode):
    for scenario in ("error-stream", "cut"):
        with raises(Exception) as e:
            list(C.models.generate_content_stream(model=model(family, scenario), contents=ASK))
        must(str(e.value), "a message")


@check(modes=("stream",))
def cancel(family, mode):
    s = C.models.generate_content_stream(model=model(family, "slow"), contents=ASK)
    next(s)
    s.close()
    abandoned()


@check(modes=("unary",), families=("gemini", "openai", "cohere"))
def embeddings(family, mode):
    r = C.models.embed_content(model=model(family, "embed"), contents=[user("a"), user("b")])
    same(len(r.embeddings), 2)
    must(r.embeddings[0].values != r.embeddings[1].values and r.embeddings[0].values, "vectors")


@check(modes=("unary",))
def count(family, mode):
    same(C.models.count_tokens(model=model(family, "text"), contents=ASK).total_tokens, 42)


refuses("count", "responses cohere", "it has no counting of tokens")


def vertex():
    return genai.Client(vertexai=True, project="p", location="us-east5", credentials=Credentials(token=KEY),
                        http_options=types.HttpOptions(base_url=ASBRU + "/genai", timeout=20000))


V = vertex()


@check(call="vertex")
def over_vertex(family, mode):
    p = {"model": model(family, "tool"), "contents": ASK, "config": types.GenerateContentConfig(
        tools=TOOLS, automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True))}
    if mode == "unary":
        r = V.models.generate_content(**p)
    elif mode == "stream":
        r = join(list(V.models.generate_content_stream(**p)))
    else:
        async def go():
            async with vertex().aio as c:
                return await c.models.generate_content(**p) if mode == "async" else join(await drain(await c.models.generate_content_stream(**p)))
        r = asyncio.run(go())
    call, = calls(r)
    same((call.name, call.args), ("get_weather", CITY_ARGS))
    sent(family, 1)


@check(call="vertex.count", modes=("unary",))
def count_over_vertex(family, mode):
    same(V.models.count_tokens(model=model(family, "text"), contents=ASK).total_tokens, 42)


refuses("vertex.count", "responses cohere", "it has no counting of tokens")


@check(call="vertex.embeddings", modes=("unary",), families=("gemini", "openai", "cohere"))
def embeddings_over_vertex(family, mode):
    r = V.models.embed_content(model=model(family, "embed"), contents="a")
    same(len(r.embeddings), 1)


@check(modes=("unary",), families=("gemini",))
def models(family, mode):
    must(isinstance(list(C.models.list()), list), "a page")


if __name__ == "__main__":
    run("google-genai")
