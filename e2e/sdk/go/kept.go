package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	anthropicoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
)

// addOwn adds a call that is no conversation, at each family. Those in own do it; any other is
// refused, by name, in the SDK's own error of status 400.
func addOwn(s *sdk, name, own string, call func(ctx context.Context, family string) error) {
	if s.others == nil {
		s.others = map[string]func(ctx context.Context) error{}
	}
	for _, family := range families {
		s.others[name+" "+family] = func(ctx context.Context) error {
			err := call(ctx, family)
			if strings.Contains(" "+own+" ", " "+family+" ") {
				return err
			}
			if f := s.fault(err); f == nil || f.status != 400 || !strings.Contains(f.message, "cannot be carried out by "+family) {
				return fmt.Errorf("%w, want a refusal that names %s", err, family)
			}
			return nil
		}
	}
}

// sound is what the stand-in takes for sound.
func sound() []byte {
	b := make([]byte, 70_000)
	for i := range b {
		b[i] = byte(i + i>>8)
	}
	return b
}

// meant says who is meant by what names no model.
func meant(family string) option.RequestOption { return option.WithHeader("X-Model-Provider", family) }

func openaiKept(p *place, s *sdk, c *openai.Client) {
	const own = "openai responses"
	addOwn(s, "speech", own, func(ctx context.Context, family string) error {
		r, err := c.Audio.Speech.New(ctx, openai.AudioSpeechNewParams{Model: p.models[family] + "text", Input: "Hi",
			Voice: openai.AudioSpeechNewParamsVoiceUnion{OfString: openai.String("alloy")}}, option.WithMaxRetries(0))
		return same(r, err)
	})
	addOwn(s, "transcription", own, func(ctx context.Context, family string) error {
		r, err := c.Audio.Transcriptions.New(ctx, openai.AudioTranscriptionNewParams{Model: p.models[family] + "text",
			File: openai.File(bytes.NewReader(sound()), "a.mp3", "audio/mpeg")}, option.WithMaxRetries(0))
		if err == nil && !strings.HasPrefix(r.Text, "I hear audio/mpeg of 70000 bytes") {
			err = fmt.Errorf("heard %s", quoted(r.Text))
		}
		return err
	})
	addOwn(s, "image", own, func(ctx context.Context, family string) error {
		r, err := c.Images.Generate(ctx, openai.ImageGenerateParams{Model: p.models[family] + "text", Prompt: "a cat"}, option.WithMaxRetries(0))
		if err == nil && !strings.HasPrefix(r.Data[0].B64JSON, "iVBOR") {
			err = fmt.Errorf("got %s", r.RawJSON())
		}
		return err
	})
	addOwn(s, "file read", own, func(ctx context.Context, family string) error {
		r, err := c.Files.Content(ctx, "file-9", option.WithMaxRetries(0), meant(family))
		return same(r, err)
	})
	addOwn(s, "batch", own, func(ctx context.Context, family string) error {
		r, err := c.Batches.New(ctx, openai.BatchNewParams{InputFileID: "file-9", Endpoint: openai.BatchNewParamsEndpointV1Responses,
			CompletionWindow: openai.BatchNewParamsCompletionWindow24h}, option.WithMaxRetries(0), meant(family))
		if err == nil && r.Status != openai.BatchStatusValidating {
			err = fmt.Errorf("got %s", r.RawJSON())
		}
		return err
	})
	addOwn(s, "stored response", own, func(ctx context.Context, family string) error {
		r, err := c.Responses.Get(ctx, "resp_9", responses.ResponseGetParams{}, option.WithMaxRetries(0), meant(family))
		if err == nil && (r.ID != "resp_9" || r.OutputText() != sentence) {
			err = fmt.Errorf("got %s", r.RawJSON())
		}
		if err == nil {
			_, err = c.Responses.Cancel(ctx, "resp_9", option.WithMaxRetries(0), meant(family))
		}
		if err == nil {
			_, err = c.Responses.InputItems.List(ctx, "resp_9", responses.InputItemListParams{}, option.WithMaxRetries(0), meant(family))
		}
		if err == nil {
			err = c.Responses.Delete(ctx, "resp_9", option.WithMaxRetries(0), meant(family))
		}
		return err
	})
}

// same compares a body with sound.
func same(r *http.Response, err error) error {
	if err != nil {
		return err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err == nil && !bytes.Equal(b, sound()) {
		err = fmt.Errorf("got %d other bytes", len(b))
	}
	return err
}

func anthropicKept(s *sdk, c *anthropic.Client) {
	addOwn(s, "message batches", "anthropic", func(ctx context.Context, family string) error {
		r, err := c.Messages.Batches.New(ctx, anthropic.MessageBatchNewParams{Requests: []anthropic.MessageBatchNewParamsRequest{{CustomID: "0",
			Params: anthropic.MessageBatchNewParamsRequestParams{Model: "claude", MaxTokens: 9, Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("Hi"))}}}}},
			anthropicoption.WithMaxRetries(0), anthropicoption.WithHeader("X-Model-Provider", family))
		if err == nil && r.ProcessingStatus != anthropic.MessageBatchProcessingStatusInProgress {
			err = fmt.Errorf("got %s", r.RawJSON())
		}
		return err
	})
}
