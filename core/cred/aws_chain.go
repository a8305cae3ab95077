package cred

import (
	"cmp"
	"context"
	"errors"
	"fmt"
)

// AWSDefault finds a key where the libraries of AWS look if none is configured: in the
// environment, by a web identity, in the shared files, from the container, or by the
// instance's role. The first source that is set up is used; if it fails, the next ones are
// not tried.
//
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
type AWSDefault struct {
	Profile string // a profile of the shared files, then the only source; empty: the whole chain
	Region  string // the region of STS; empty: AWS_REGION, AWS_DEFAULT_REGION, the profile's, else us-east-1
	STS     string // the URL of STS; empty: AWS_ENDPOINT_URL_STS, else by region
	IMDS    string // URL of the instance's metadata; empty: AWS_EC2_METADATA_SERVICE_ENDPOINT, else the usual one
}

func (a AWSDefault) describe(d digest) { d.add("aws-default", a.Profile, a.Region, a.STS, a.IMDS) }

func (a AWSDefault) fetch(ctx context.Context, c *client) (*grant, error) {
	if a.Profile != "" {
		g, err := a.profile(ctx, c, a.Profile)
		if errors.Is(err, errNothing) {
			err = fmt.Errorf("profile %q in the shared files of AWS is missing or has no key", a.Profile)
		}
		return g, err
	}
	for _, link := range []func(context.Context, *client) (*grant, error){
		environment, a.webIdentity, a.sharedFiles, container, a.instance,
	} {
		if g, err := link(ctx, c); !errors.Is(err, errNothing) {
			return g, err
		}
	}
	return nil, errors.New("there is no key of AWS: no variable, profile, container or instance role has one")
}

// environment gets the key in AWS_ACCESS_KEY_ID and the variables that belong to it.
func environment(_ context.Context, c *client) (*grant, error) {
	id, secret := c.env("AWS_ACCESS_KEY_ID"), c.env("AWS_SECRET_ACCESS_KEY")
	if id == "" && secret == "" {
		return nil, errNothing
	}
	return AWS{AccessKey: id, Secret: NewSecret(secret), Session: NewSecret(c.env("AWS_SESSION_TOKEN"))}.grant("the environment")
}

// webIdentity gets a key with AWS_WEB_IDENTITY_TOKEN_FILE, as EKS sets it for service accounts.
func (a AWSDefault) webIdentity(ctx context.Context, c *client) (*grant, error) {
	file, arn := c.env("AWS_WEB_IDENTITY_TOKEN_FILE"), c.env("AWS_ROLE_ARN")
	if file == "" || arn == "" {
		return nil, errNothing
	}
	return a.sts(c, "").identify(ctx, c, role{arn: arn, session: c.env("AWS_ROLE_SESSION_NAME")}, file)
}

// sharedFiles gets the key of the profile named by AWS_PROFILE, or else of default.
func (a AWSDefault) sharedFiles(ctx context.Context, c *client) (*grant, error) {
	return a.profile(ctx, c, cmp.Or(c.env("AWS_PROFILE"), c.env("AWS_DEFAULT_PROFILE"), "default"))
}

// sts returns the endpoint where roles are assumed. region is the profile's, empty for none.
func (a AWSDefault) sts(c *client, region string) sts {
	return newSTS(cmp.Or(a.STS, c.env("AWS_ENDPOINT_URL_STS")), cmp.Or(a.Region, c.env("AWS_REGION"), c.env("AWS_DEFAULT_REGION"), region))
}
