package reeve.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A machine that systemd runs, with Podman 5 and Quadlet: a container made from Debian trixie by debootstrap, with this build and its
/// Java inside, read-only. `reeve` is a command in it, `reeve.service` the unit of `packaging/`. systemd never runs outside of it.
///
/// It sees cgroup v2 alone, also where the host is of version 1 or mixed: then without controllers, which are the host's. So programs
/// can be kept together, frozen and delegated, and systemd, its `--user` kind and Podman work as they do on Debian, but no limit of
/// memory, processors or processes can be shown. Its network leads nowhere. Besides root it has a user, [#USER], with Podman of its own.
///
/// Its files are made once, in a minute or two and with a mirror of Debian in reach, and kept in `~/.cache/reeve-tests`.
public final class SystemdMachine implements AutoCloseable {
    /// Does not linger until told to.
    public static final String USER = "ada";

    private static final String IMAGE = "localhost/reeve-tests/systemd:2";
    private static final String PACKAGES = "systemd,systemd-sysv,dbus,libpam-systemd,dbus-user-session,procps,util-linux,podman,crun,"
            + "catatonit,busybox-static,netavark,aardvark-dns,nftables,uidmap,passt";
    private static final Path CACHE = Path.of(System.getProperty("user.home"), ".cache", "reeve-tests");
    private static final int LONGEST_LIFE_SECONDS = 600;

    /// Kernel settings are those of the host: none is writable while systemd starts, which would set some.
    private static final String INIT = """
            umount -R -l /sys/fs/cgroup
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
            mount --bind /proc/sys /proc/sys
            mount -o remount,bind,ro /proc/sys
            exec /lib/systemd/systemd
            """;

    /// For users to have containers nothing may lie over /proc, and their files not on an overlay.
    private static final String SET_UP = """
            set -e
            umount -l /proc/sys
            chmod 666 /dev/net/tun
            mkdir -p /etc/containers /opt/reeve /etc/reeve /srv/box/bin /srv/box/www /etc/systemd/system/reeve.service.d
            printf '%s\n' '[engine]' 'runtime="crun"' '[containers]' 'pids_limit=0' \
                'default_ulimits=["nofile=1024:1024","nproc=1024:1024"]' >/etc/containers/containers.conf
            cp /bin/busybox /srv/box/bin/
            for a in sh sleep cat echo httpd; do ln -s busybox /srv/box/bin/$a; done
            echo 'from the box' >/srv/box/www/index.html
            tar -C /srv/box -cf /srv/box.tar .
            podman import /srv/box.tar localhost/box:1
            podman import --change LABEL=kept=archived /srv/box.tar localhost/archived:1
            podman save --output /srv/archived.tar localhost/archived:1
            podman rmi localhost/archived:1
            printf '%s\n' '#!/bin/sh' 'exec /opt/jdk/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m \
            --enable-native-access=ALL-UNNAMED -Dorg.sqlite.lib.path=/opt/native -cp "/opt/classes:/opt/lib/*" reeve.Main "$@"' \
                >/opt/reeve/reeve
            chmod 755 /opt/reeve/reeve
            ln -s /opt/reeve/reeve /usr/bin/reeve
            echo '{}' >/etc/reeve/node.yaml
            cp /opt/packaging/reeve.service /etc/systemd/system/
            printf '%s\n' '[Service]' WatchdogSec=10s >/etc/systemd/system/reeve.service.d/soon.conf
            ln /usr/bin/podman /usr/bin/podman.real
            printf '%s\n' '#!/bin/sh' '[ "$1" = --version ] && echo podman version 4.3.1 || exec /usr/bin/podman.real "$@"' >/srv/older-podman
            chmod 755 /srv/older-podman
            useradd --create-home ada
            runuser -u ada -- podman import /srv/box.tar localhost/box:1
            systemctl daemon-reload
            """;

    private final String name = "reeve-tests-" + ProcessHandle.current().pid();
    private final Process container;

    public SystemdMachine() {
        try {
            Files.createDirectories(CACHE);
            image();
            var words = new ArrayList<>(List.of("timeout", String.valueOf(LONGEST_LIFE_SECONDS), "podman", "run", "--rm", "--name=" + name,
                    "--systemd=always", "--network=none", "--cgroupns=private", "--cap-add=SYS_ADMIN", "--cap-add=NET_ADMIN",
                    "--security-opt=seccomp=unconfined", "--security-opt=apparmor=unconfined", "--security-opt=unmask=ALL",
                    "--device=/dev/net/tun", "--tmpfs=/tmp", "--tmpfs=/run", "--tmpfs=/home:rw,exec,dev",
                    "--tmpfs=/var/lib/containers:rw,exec,dev"));
            words.addAll(List.of(mounted(Path.of("target", "classes"), "/opt/classes"),
                    mounted(Path.of("target", "app", "lib"), "/opt/lib"),
                    mounted(Path.of(System.getProperty("org.sqlite.lib.path")), "/opt/native"),
                    mounted(Path.of("packaging"), "/opt/packaging"),
                    mounted(Path.of(System.getProperty("java.home")), "/opt/jdk"), IMAGE, "sh", "-c", INIT));
            container = builder(words).redirectErrorStream(true).redirectOutput(CACHE.resolve("systemd.log").toFile()).start();
            await("systemd runs").atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(500))
                    .until(() -> run("systemctl is-system-running").out().matches("(?s).*(running|degraded).*"));
            ask(SET_UP);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What a script ended with; both streams together.
    public record Ran(int exitCode, String out) {}

    /// Runs a script of sh in the machine, as its root.
    public Ran run(String script) {
        return ran(List.of("podman", "exec", name, "sh", "-c", script), 90);
    }

    /// Runs a script that must succeed.
    public String ask(String script) {
        Ran ran = run(script);
        assertThat(ran.exitCode()).as("%s: %s", script, ran.out()).isZero();
        return ran.out().strip();
    }

    /// Runs a script that must succeed as [#USER], who is not logged in, but knows where systemd is.
    public String askAsUser(String script) {
        String words = "cd ~; [ ! -d /run/user/$(id -u) ] || export XDG_RUNTIME_DIR=/run/user/$(id -u); " + script;
        Ran ran = ran(List.of("podman", "exec", name, "runuser", "-u", USER, "--", "sh", "-c", words), 90);
        assertThat(ran.exitCode()).as("%s: %s", script, ran.out()).isZero();
        return ran.out().strip();
    }

    private static void image() throws IOException {
        if (ran(List.of("podman", "image", "exists", IMAGE), 60).exitCode() == 0) {
            return;
        }
        Path files = CACHE.resolve("trixie-2.tar");
        if (!Files.exists(files)) {
            Path root = CACHE.resolve("trixie." + ProcessHandle.current().pid());
            Path draft = CACHE.resolve("trixie." + ProcessHandle.current().pid() + ".tar");
            must(List.of("debootstrap", "--variant=minbase", "--include=" + PACKAGES, "trixie", root.toString()));
            must(List.of("tar", "-C", root.toString(), "-cf", draft.toString(), "."));
            must(List.of("rm", "-rf", "--one-file-system", root.toString()));
            Files.move(draft, files, StandardCopyOption.ATOMIC_MOVE);
        }
        must(List.of("podman", "import", files.toString(), IMAGE));
    }

    private static void must(List<String> words) {
        Ran ran = ran(words, 600);
        assertThat(ran.exitCode()).as("%s: %s", words, ran.out()).isZero();
    }

    private static Ran ran(List<String> words, long seconds) {
        try {
            Path out = Files.createTempFile("reeve-tests", ".txt");
            Process process = builder(words).redirectErrorStream(true).redirectOutput(out.toFile()).start();
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String text = Files.readString(out);
            Files.delete(out);
            return new Ran(ended ? process.exitValue() : -1, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while " + words.getFirst() + " ran", e);
        }
    }

    private static ProcessBuilder builder(List<String> words) throws IOException {
        Path configuration = CACHE.resolve("containers.conf");
        Files.writeString(configuration, """
                [engine]
                runtime = "runc"
                [containers]
                default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
                """);
        var builder = new ProcessBuilder(words);
        builder.environment().put("CONTAINERS_CONF", configuration.toString());
        return builder;
    }

    private static String mounted(Path here, String there) {
        return "--volume=" + here.toAbsolutePath().normalize() + ":" + there + ":ro";
    }

    @Override
    public void close() {
        ran(List.of("podman", "rm", "--force", "--time=0", name), 60);
        container.destroy();
    }
}
