# Install into the file system: the binary, the units, a first configuration.
#
#   make install                            as root, below /usr/local
#   make install DESTDIR=out PREFIX=/usr    as a package builder
#
# Nothing is started or enabled. An existing configuration is never replaced.

PREFIX     ?= /usr/local
DESTDIR    ?=
BINDIR     ?= $(PREFIX)/bin
SYSCONFDIR ?= /etc
# A package owns /usr/lib; what an administrator installs by hand belongs to
# /etc, where it outranks a package.
UNITDIR     ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/systemd/system,/etc/systemd/system)
SYSUSERSDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/sysusers.d,/etc/sysusers.d)
TMPFILESDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/tmpfiles.d,/etc/tmpfiles.d)

.PHONY: install uninstall

# Built before, if it is there: root needs no compiler.
bin/asbru:
	$(MAKE) build

install: bin/asbru ## install binary, units and a sample configuration; DESTDIR= PREFIX=/usr/local
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(UNITDIR) $(DESTDIR)$(SYSUSERSDIR) $(DESTDIR)$(TMPFILESDIR)
	install -d -m 0755 $(DESTDIR)$(SYSCONFDIR)/asbru
	install -m 0755 bin/asbru $(DESTDIR)$(BINDIR)/.asbru.new
	mv -f $(DESTDIR)$(BINDIR)/.asbru.new $(DESTDIR)$(BINDIR)/asbru
	sed 's|/usr/bin/asbru|$(BINDIR)/asbru|g; s|/etc/asbru|$(SYSCONFDIR)/asbru|g' systemd/asbru.service > $(DESTDIR)$(UNITDIR)/asbru.service
	chmod 0644 $(DESTDIR)$(UNITDIR)/asbru.service
	install -m 0644 systemd/asbru.socket systemd/asbru-awake.service $(DESTDIR)$(UNITDIR)
	install -m 0644 systemd/asbru.sysusers $(DESTDIR)$(SYSUSERSDIR)/asbru.conf
	install -m 0644 systemd/asbru.tmpfiles $(DESTDIR)$(TMPFILESDIR)/asbru.conf
	test -e $(DESTDIR)$(SYSCONFDIR)/asbru/asbru.yaml || install -m 0644 packaging/asbru.yaml $(DESTDIR)$(SYSCONFDIR)/asbru/asbru.yaml

uninstall: ## remove what install wrote, except the configuration
	rm -f $(DESTDIR)$(BINDIR)/asbru $(addprefix $(DESTDIR)$(UNITDIR)/,asbru.service asbru.socket asbru-awake.service)
	rm -f $(DESTDIR)$(SYSUSERSDIR)/asbru.conf $(DESTDIR)$(TMPFILESDIR)/asbru.conf
