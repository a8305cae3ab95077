"""LangChain's chat models in front of asbru: each vendor's package to every family."""

import asyncio
import json

from check import environment

environment("langchain")

import logging  # noqa: E402

import boto3  # noqa: E402
from langchain_anthropic import ChatAnthropic  # noqa: E402
from langchain_aws import ChatBedrockConverse  # noqa: E402
from langchain_cohere import ChatCohere  # noqa: E402
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage  # noqa: E402
from langchain_google_genai import ChatGoogleGenerativeAI  # noqa: E402
from langchain_mistralai import ChatMistralAI  # noqa: E402
from langchain_openai import ChatOpenAI, OpenAIEmbeddings  # noqa: E402
from pydantic import BaseModel  # noqa: E402

from check import ASBRU, KEY, PNG, PNG_SEEN, TEXT, check, drain, model, must, run, same, sent  # noqa: E402

BASE = ASBRU + "/langchain"
logging.disable(logging.WARNING)  # they warn of names of models that they do not know


LOOP = asyncio.new_event_loop()  # the packages keep their connections for every model


def bedrock(name):
    c = boto3.client("bedrock-runtime", endpoint_url=BASE + "/bedrock", region_name="us-east-1", aws_access_key_id="AKIDCLIENT", aws_secret_access_key="s")
    c.meta.events.register("before-sign.bedrock-runtime", lambda request, **_: request.headers.add_header("x-bf-vk", KEY))
    return ChatBedrockConverse(model=name, client=c, bedrock_client=c, provider="anthropic", max_tokens=4000, disable_streaming=False)


MAKERS = {
    "ChatOpenAI": lambda m: ChatOpenAI(model=m, base_url=BASE + "/v1", api_key=KEY, max_retries=0, timeout=20, stream_usage=True),
    "ChatOpenAI responses": lambda m: ChatOpenAI(model=m, base_url=BASE + "/v1", api_key=KEY, max_retries=0, timeout=20, use_responses_api=True),
    "ChatAnthropic": lambda m: ChatAnthropic(model=m, base_url=BASE + "/anthropic", api_key=KEY, max_retries=0, max_tokens=4000, timeout=20),
    "ChatGoogleGenerativeAI": lambda m: ChatGoogleGenerativeAI(model=m, base_url=BASE + "/genai", google_api_key=KEY, max_retries=1, timeout=20),
    "ChatBedrockConverse": bedrock,
    "ChatCohere": lambda m: ChatCohere(model=m, base_url=BASE + "/cohere", cohere_api_key=KEY),
    "ChatMistralAI": lambda m: ChatMistralAI(model=m, endpoint=BASE + "/mistral/v1", api_key=KEY, max_retries=0),
}


class get_weather(BaseModel):
    """Weather of a city."""

    model_config = {"extra": "forbid"}

    city: str
    unit: str


WANT = {"city": "Paris", "unit": "Paris"}  # the stand-in gives any string that name


def gathered(r):
    """The message of a stream of ChatCohere's, which gives every piece of a call an id of its own, of Cohere's own stream too; at the end it has them whole."""
    calls = [{"id": c["id"], "name": c["function"]["name"], "args": json.loads(c["function"]["arguments"])} for c in r.additional_kwargs["tool_calls"]]
    return AIMessage(content=r.content, tool_calls=calls)


def through(name, make):
    def ask(m, mode, messages):
        if mode == "unary":
            return m.invoke(messages)
        if mode == "async":
            return LOOP.run_until_complete(m.ainvoke(messages))
        chunks = list(m.stream(messages)) if mode == "stream" else LOOP.run_until_complete(drain(m.astream(messages)))
        total = chunks[0]
        for c in chunks[1:]:
            total += c
        return total

    def told(r):
        return r.content if isinstance(r.content, str) else "".join(b if isinstance(b, str) else b.get("text", "") for b in r.content)

    def text(family, mode):
        r = ask(make(model(family, "text")), mode, [SystemMessage("Be brief."), HumanMessage("Hi")])
        same(told(r), TEXT)
        if r.usage_metadata and name != "ChatCohere":  # that one tells the billed tokens
            same((r.usage_metadata["input_tokens"], r.usage_metadata["output_tokens"]), (37, 11))
        must("Be brief." in sent()[-1]["body"], "the system prompt")

    def tool(family, mode):
        m = make(model(family, "tool")).bind_tools([get_weather])
        first = [HumanMessage("What is the weather?")]
        r = ask(m, mode, first)
        if name == "ChatCohere" and "stream" in mode:
            r = gathered(r)
        call, = r.tool_calls
        same((call["name"], call["args"]), ("get_weather", WANT))
        last = ask(m, mode, first + [r, ToolMessage("21 °C", tool_call_id=call["id"])])
        must("21 °C" in told(last), told(last))

    def structured(family, mode):
        scenario = "tool" if name == "ChatBedrockConverse" else "schema"  # that one offers a tool and forces Claude only to call it
        r = make(model(family, scenario)).with_structured_output(get_weather).invoke("What is the weather?")
        same(r, get_weather(**WANT))

    def image(family, mode):
        r = ask(make(model(family, "image")), mode, [HumanMessage([{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PNG}}])])
        must(told(r).startswith(PNG_SEEN), told(r))

    check(call=name + " text")(text)
    check(call=name + " tool")(tool)
    check(call=name + " structured", modes=("unary",))(structured)
    check(call=name + " image", modes=("unary", "stream"))(image)


for name, make in MAKERS.items():
    through(name, make)


@check(modes=("unary",), families=("openai", "gemini", "cohere"))
def embeddings(family, mode):
    e = OpenAIEmbeddings(model=model(family, "embed"), base_url=BASE + "/v1", api_key=KEY, check_embedding_ctx_length=False)
    a, b = e.embed_documents(["a", "b"])
    must(a != b and a, "two vectors")


if __name__ == "__main__":
    run("langchain", strict=False)
