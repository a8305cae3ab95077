package cred

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// ecsAddress is the address of the agent of ECS.
const ecsAddress = "http://169.254.170.2"

// container gets the key of the role of an ECS task or EKS pod.
//
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
func container(ctx context.Context, c *client) (*grant, error) {
	k := call{method: "GET", local: true, header: []string{"Accept", "application/json"}}
	if path := c.env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); path != "" {
		k.url = ecsAddress + path
	} else if k.url = c.env("AWS_CONTAINER_CREDENTIALS_FULL_URI"); k.url == "" {
		return nil, errNothing
	}
	if err := checkContainer(k.url); err != nil {
		return nil, err
	}
	proof := NewSecret(c.env("AWS_CONTAINER_AUTHORIZATION_TOKEN"))
	if path := c.env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); path != "" {
		data, err := readFile(path)
		if err != nil {
			return nil, err
		}
		proof = NewSecret(strings.TrimSpace(string(data)))
	}
	if proof.Set() {
		k.header = append(k.header, "Authorization", proof.Reveal())
		k.hide = []Secret{proof}
	}
	r, err := c.do(ctx, &k)
	if err != nil {
		return nil, err
	}
	return c.key(r)
}

// checkContainer keeps the token from being sent to an arbitrary address: over plain HTTP
// only this machine and the agents of ECS and EKS get it.
func checkContainer(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL")
	}
	switch host := u.Hostname(); {
	case u.Scheme == "https", host == "169.254.170.2", host == "169.254.170.23", thisMachine(host):
		return nil
	default:
		if ip, err := netip.ParseAddr(host); err == nil && ip == netip.MustParseAddr("fd00:ec2::23") {
			return nil
		}
		return fmt.Errorf("AWS_CONTAINER_CREDENTIALS_FULL_URI leads to %s over plain HTTP, which is none of the agents of ECS and EKS", short(host))
	}
}

// instance gets the key of the role of an EC2 instance, with IMDSv2 only: version 1 gives
// keys to anyone who can make this machine fetch a URL.
//
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
func (a AWSDefault) instance(ctx context.Context, c *client) (*grant, error) {
	if strings.EqualFold(c.env("AWS_EC2_METADATA_DISABLED"), "true") {
		return nil, errNothing
	}
	base := strings.TrimRight(cmp.Or(a.IMDS, c.env("AWS_EC2_METADATA_SERVICE_ENDPOINT"), "http://169.254.169.254"), "/")
	r, err := c.do(ctx, &call{method: "PUT", url: base + "/latest/api/token", local: true,
		header: []string{"X-aws-ec2-metadata-token-ttl-seconds", "300"}})
	if err != nil {
		return nil, fmt.Errorf("no other source of the default chain is set up, and of the instance's metadata: %w", err)
	}
	proof := NewSecret(strings.TrimSpace(string(r.body)))
	get := func(path string) (*reply, error) {
		return c.do(ctx, &call{method: "GET", url: base + "/latest/meta-data/iam/security-credentials/" + path, local: true,
			header: []string{"X-aws-ec2-metadata-token", proof.Reveal()}, hide: []Secret{proof}})
	}
	if r, err = get(""); err != nil {
		return nil, fmt.Errorf("the instance has no role: %w", err)
	}
	name, _, _ := strings.Cut(strings.TrimSpace(string(r.body)), "\n")
	if name = strings.TrimSpace(name); name == "" {
		return nil, errors.New("the instance has no role")
	}
	if r, err = get(url.PathEscape(name)); err != nil {
		return nil, err
	}
	return c.key(r)
}
