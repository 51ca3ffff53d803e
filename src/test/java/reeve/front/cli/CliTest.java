package reeve.front.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.wire.AuthorityAnswer;
import reeve.model.wire.CertificateRow;
import reeve.testing.FakeServer;

/// What people see: the command line against the real API over a real socket, with fake rooms behind.
final class CliTest {
    private static final String WIKI = """
            name: wiki
            services:
              web: { command: [web, "${port}", "${GREETING:-hi}"], route: { host: wiki.localhost }, depends_on: [db], sleep: { after: 10s } }
              db: { command: [db] }
            routes:
              - { host: "*", path: /legacy, to: "http://10.0.0.7:8080" }
            """;

    @TempDir
    Path folder;

    private FakeServer server;
    private Terminal terminal;

    @BeforeEach
    void startNode() throws IOException {
        server = new FakeServer(folder);
        terminal = new Terminal(folder, server.time);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void anEmptyNodeSaysWhatToDoNext() {
        assertThat(terminal.run("ps")).isZero();
        assertThat(terminal.out()).isEqualTo("No apps. Start one: reeve up -f examples/hello\n");
        assertThat(terminal.run("routes")).isZero();
        assertThat(terminal.out()).startsWith("No routes. ");
        assertThat(terminal.run("journal")).isZero();
        assertThat(terminal.out()).isEqualTo("The journal is empty.\n");
        assertThat(terminal.run("ps", "-o", "json")).isZero();
        assertThat(terminal.out()).isEqualTo("[]\n");
    }

    @Test
    void printConfigPrintsAndStartsNothing() {
        server.close();
        assertThat(terminal.run("up", "--print-config")).isZero();
        assertThat(terminal.out()).isEqualTo(terminal.configuration());
        assertThat(terminal.background).isEmpty();
    }

    @Test
    void psShowsInstancesAsATable() throws IOException {
        apply();
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.BACKING_OFF, "ended with exit code 3; starts again in 2s");
        assertThat(terminal.run("ps")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                INSTANCE    STATE        PID   ADDRESS          RESTARTS  SINCE      REASON
                wiki/db/1   running      1001  127.0.0.1:40001  0         1m30s ago  started
                wiki/web/1  backing_off  -     127.0.0.1:40001  0         1m30s ago  ended with exit code 3; starts again in 2s
                """);
    }

    @Test
    void psAsJsonHasThePromisedFields() throws IOException {
        apply();
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.STOPPED, "a user asked");
        assertThat(terminal.run("ps", "-o", "json", "wiki")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                [{"app":"wiki","service":"db","instance":"wiki/db/1","node":"here","state":"running","version":null,"pid":1001,"address":"127.0.0.1:40001",\
                "restarts":0,"since":"2026-01-05T08:00:00Z","reason":"started"},\
                {"app":"wiki","service":"web","instance":"wiki/web/1","node":"here","state":"stopped","version":null,"pid":null,"address":"127.0.0.1:40001",\
                "restarts":0,"since":"2026-01-05T08:00:00Z","reason":"a user asked"}]
                """);
    }

    @Test
    void routesShowWhereTheyLead() throws IOException {
        apply();
        assertThat(terminal.run("routes")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                HOST            PATH     TO             SOURCE  TARGETS
                *               /legacy  10.0.0.7:8080  apps    -
                wiki.localhost  /        wiki/web       apps    127.0.0.1:40001 running
                """);
        assertThat(terminal.run("routes", "wiki", "-o", "json")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                [{"host":"wiki.localhost","path":"/","app":"wiki","service":"web","source":"apps","to":null,\
                "targets":[{"address":"127.0.0.1:40001","instance":"wiki/web/1","state":"running","in_flight":0,"weight":1,\
                "ejected":"PT0S"}]}]
                """);
    }

    @Test
    void certificatesSayForWhatAndUntilWhenTheyAre() {
        assertThat(terminal.run("certificates")).isZero();
        assertThat(terminal.out()).startsWith("No certificates. ");
        server.node.certificates = List.of(
                new CertificateRow("/a.pem", List.of("a.example", "b.example", "c.example", "d.example"), "CN=Some authority",
                        Instant.parse("2026-03-01T00:00:00Z"), "used", ""),
                new CertificateRow("/lost.pem", List.of(), "", null, "refused", "cannot use the certificate /lost.pem"));
        assertThat(terminal.run("certificates")).isZero();
        assertThat(terminal.out()).containsPattern(
                "a\\.example, b\\.example, c\\.example and 1 more +used +2026-03-01T00:00:00Z +CN=Some authority +/a\\.pem\n")
                .containsPattern("- +refused +- +- +/lost\\.pem\n").endsWith("cannot use the certificate /lost.pem\n");
        assertThat(terminal.run("certificates", "-o", "json")).isZero();
        assertThat(terminal.out()).contains("\"ends\":\"2026-03-01T00:00:00Z\"").contains("\"ends\":null");
    }

    @Test
    void theAuthorityOfANodeIsPrintedForClientsToTrust() {
        assertThat(terminal.run("ca")).isEqualTo(4);
        assertThat(terminal.err()).contains("tls.local_ca");
        server.node.authority = Optional.of(new AuthorityAnswer("-----BEGIN CERTIFICATE-----\n", List.of("localhost", "lan"),
                Instant.parse("2036-03-01T00:00:00Z")));
        assertThat(terminal.run("ca")).isZero();
        assertThat(terminal.out()).isEqualTo("-----BEGIN CERTIFICATE-----\n");
        assertThat(terminal.run("ca", "--how")).isZero();
        assertThat(terminal.out()).startsWith("It signs only for localhost, lan and names below, until 2036-03-01T00:00:00Z.")
                .contains("update-ca-certificates");
    }

    @Test
    void coloursAreOnlyForTerminalsThatWantThem() throws IOException {
        apply();
        terminal.run("ps");
        assertThat(terminal.out()).doesNotContain("\u001b");
        terminal.colour = true;
        terminal.run("ps");
        assertThat(terminal.out()).contains("\u001b[32mrunning\u001b[0m");
    }

    @Test
    @DisplayName("class 14: what a service says cannot move the cursor of whoever reads it")
    void controlCharactersAreShownNotObeyed() throws IOException {
        apply();
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.FAILED, "a\u001b[2Jb\r\nc\u2028\u202e");
        terminal.run("ps");
        assertThat(terminal.out()).contains("a?[2Jb??c??").doesNotContain("\u001b");
        Files.writeString(folder.resolve("wiki.web.1.log"), "\u001b[31mred\u001b[0m \u001b]0;title\u0007\n");
        terminal.run("logs", "wiki/web");
        assertThat(terminal.out()).isEqualTo("web/1 | red ?]0;title?\n");
        terminal.colour = true;
        terminal.run("logs", "wiki/web");
        assertThat(terminal.out()).isEqualTo("web/1 | \u001b[31mred\u001b[0m ?]0;title?\u001b[0m\n");
    }

    @Test
    void applySendsTheVariablesThatTheManifestNamesAndNoOthers() throws IOException {
        terminal.environment.put("SECRET", "do not send");
        Files.writeString(folder.resolve(".env"), "GREETING=from file\nOTHER=x\n");
        apply();
        assertThat(server.node.acts).containsExactly("apply wiki {GREETING=from file}");
        terminal.environment.put("GREETING", "from outside");
        apply();
        assertThat(server.node.acts).last().isEqualTo("apply wiki {GREETING=from outside}");
    }

    @Test
    void theActiveProfilesAreSentWhereAManifestHasSome() throws IOException {
        Files.writeString(folder.resolve("compose.yaml"), """
                name: wiki
                services:
                  web: { command: [sleep, "9"] }
                  debug: { command: [sleep, "9"], profiles: [debug] }
                """);
        terminal.run("apply");
        assertThat(server.node.acts).last().isEqualTo("apply wiki {}");
        terminal.environment.put("COMPOSE_PROFILES", "debug");
        terminal.run("apply");
        assertThat(server.node.acts).last().isEqualTo("apply wiki {COMPOSE_PROFILES=debug}");
        assertThat(terminal.run("apply", "--profile", "a", "--profile", "b")).isZero();
        assertThat(server.node.acts).last().isEqualTo("apply wiki {COMPOSE_PROFILES=a,b}");
    }

    @Test
    void aFolderWithAnAppManifestIsEnough() throws IOException {
        Files.writeString(folder.resolve("manifest.yml"), "app: { id: coin, name: Coin, version: 1, container: { image: b } }\n");
        assertThat(terminal.run("apply", "-f", ".")).isZero();
        assertThat(server.node.acts).containsExactly("apply coin {}");
    }

    @Test
    void planSaysWhatWouldChangeAndApplyWhatChanged() throws IOException {
        Files.writeString(folder.resolve("reeve.yaml"), WIKI);
        assertThat(terminal.run("plan")).isZero();
        assertThat(terminal.out()).isEqualTo("wiki: would change\n  start wiki/db: it is new\n  start wiki/web: it is new\n");
        assertThat(server.node.acts).isEmpty();
        assertThat(terminal.run("apply", "-f", ".")).isZero();
        assertThat(terminal.out()).startsWith("wiki: applied\n");
    }

    @Test
    void aBadManifestIsRefusedWithItsPlaceAndExitCode2() throws IOException {
        Files.writeString(folder.resolve("bad.yaml"), "name: bad\nservices:\n  web: { comand: [x] }\n");
        assertThat(terminal.run("apply", "-f", "bad.yaml")).isEqualTo(2);
        assertThat(terminal.err()).contains("bad.yaml:3:10").contains("comand").doesNotContain("\tat ");
        assertThat(terminal.run("apply", "-f", "missing.yaml")).isEqualTo(2);
        assertThat(terminal.err()).contains("cannot read").contains("it does not exist");
        assertThat(terminal.run("apply", "-f", "/dev/zero")).isEqualTo(2);
        assertThat(server.node.acts).isEmpty();
    }

    @Test
    void actsReachTheNodeAndFailuresHaveTheirExitCodes() throws IOException {
        apply();
        assertThat(terminal.run("stop", "wiki/web", "wiki/db/1")).isZero();
        assertThat(terminal.out()).isEqualTo("Stopping wiki/web\nStopping wiki/db/1\n");
        assertThat(terminal.run("start", "wiki")).isZero();
        assertThat(terminal.run("restart", "wiki/web/1")).isZero();
        assertThat(terminal.run("wake", "wiki")).isZero();
        assertThat(server.node.acts).endsWith("stop wiki/web", "stop wiki/db/1", "start wiki", "restart wiki/web/1", "wake wiki/web");
        assertThat(terminal.run("sleep", "wiki/web")).isEqualTo(5);
        assertThat(terminal.err()).isEqualTo("reeve: cannot put wiki/web to sleep: 2 requests are open\n");
        assertThat(terminal.run("sleep", "wiki/db")).isEqualTo(5);
        assertThat(terminal.err()).contains("no 'sleep'");
        assertThat(terminal.run("explain", "shop")).isEqualTo(4);
        assertThat(terminal.err()).isEqualTo("reeve: cannot find app 'shop': it is not declared on this node\n");
        assertThat(terminal.run("explain", "wiki/api")).isEqualTo(4);
        assertThat(terminal.err()).isEqualTo("reeve: cannot find service 'wiki/api': the app has db, web\n");
        assertThat(terminal.run("stop", "a/b/c/d")).isEqualTo(2);
        assertThat(terminal.run("stop")).isEqualTo(2);
        assertThat(terminal.run("stopp")).isEqualTo(2);
        assertThat(terminal.err()).contains("stop").doesNotContain("\tat ");
    }

    @Test
    void drainTakesOneInstance() throws IOException {
        apply();
        assertThat(terminal.run("drain", "wiki/web/1")).isZero();
        assertThat(terminal.out()).isEqualTo("Draining wiki/web/1\n");
        assertThat(terminal.run("undrain", "wiki/web/1")).isZero();
        assertThat(server.node.acts).endsWith("drain wiki/web/1", "undrain wiki/web/1");
        assertThat(terminal.run("drain", "wiki/web")).isEqualTo(2);
        assertThat(terminal.err()).contains("cannot drain wiki/web: name one instance, APP/SERVICE/N");
    }

    @Test
    void maintenanceBeginsWithAMessageAndEnds() throws IOException {
        apply();
        assertThat(terminal.run("maintenance", "on", "wiki", "--message", "back at noon")).isZero();
        assertThat(terminal.out()).isEqualTo("Maintenance of wiki: clients are told: back at noon\n");
        assertThat(terminal.run("maintenance", "off", "wiki/web")).isZero();
        assertThat(terminal.out()).isEqualTo("Maintenance of wiki/web is over\n");
        assertThat(server.node.acts).endsWith("maintain wiki: back at noon", "end maintenance wiki/web");
        assertThat(terminal.run("maintenance", "on", "wiki/web/1")).isEqualTo(2);
        assertThat(terminal.err()).contains("cannot put one instance into maintenance: name APP or APP/SERVICE, or drain it");
        assertThat(terminal.run("maintenance", "on", "wiki", "--message", "two\nlines")).isEqualTo(2);
        assertThat(terminal.err()).contains("allowed is one line of at most 500 characters");
        assertThat(terminal.run("maintenance", "wiki")).isEqualTo(2);
    }

    @Test
    void scaleSaysWhatItDoesAndTheOthersSayWhatItDid() throws IOException {
        apply();
        assertThat(terminal.run("scale", "wiki/db=2", "wiki/web=0")).isZero();
        assertThat(terminal.out()).isEqualTo("Scaling wiki/db to 2\nScaling wiki/web to 0\n");
        assertThat(server.node.acts).endsWith("scale wiki/db 2", "scale wiki/web 0");
        terminal.run("ps");
        assertThat(terminal.out()).contains("wiki/db/1", "wiki/db/2").doesNotContain("wiki/web/1");
        assertThat(terminal.run("scale", "wiki/db=3")).isZero();
        terminal.run("explain", "wiki/db");
        assertThat(terminal.out()).contains("wiki/db is scaled to 3, as a user asked; its manifest says 1\n");
        terminal.run("plan");
        assertThat(terminal.out()).contains("warning: wiki/db stays scaled to 3, as a user asked; the manifest says 1\n");
        assertThat(terminal.run("scale", "wiki/bd=3")).isEqualTo(4);
        assertThat(terminal.err()).isEqualTo("reeve: cannot find service 'wiki/bd': the app has db, web; did you mean 'db'?\n");
        for (String wrong : List.of("wiki/db", "wiki=2", "wiki/db=-1", "wiki/db=two", "wiki/db/1=2")) {
            assertThat(terminal.run("scale", wrong)).as(wrong).isEqualTo(2);
        }
        assertThat(server.node.acts).last().isEqualTo("scale wiki/db 3");
    }

    @Test
    void explainTellsWhatItWaitsForAndWhatLedThere() throws IOException {
        apply();
        server.node.put(InstanceId.parse("wiki/db/1"), InstanceState.BACKING_OFF, "ended with exit code 1");
        assertThat(terminal.run("explain", "wiki/web")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                wiki/web/1 is running: started
                wiki/web depends on wiki/db (service_started): wiki/db/1 is backing_off
                wiki/web sleeps when idle: awake, idle for 3s of 10s

                What led here:
                08:00:01  wiki/web/1        running         started
                """);
    }

    @Test
    void explainNamesTheGuardThatHoldsAService() throws IOException {
        apply();
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.STOPPED, "stopped by a user");
        assertThat(terminal.run("explain", "wiki/web")).isZero();
        assertThat(terminal.out()).contains("""
                wiki/web/1 is held by: user, stopped by a user, since 2026-01-05T08:00:00Z; `reeve start wiki/web` starts it
                """);
        assertThat(terminal.run("explain", "wiki/web", "-o", "json")).isZero();
        assertThat(terminal.out()).contains("\"held_by\":[{\"subject\":\"wiki/web/1\",\"guard\":\"user\",\"words\":\"stopped by");
    }

    @Test
    void explainOfAUrlSaysWhichRouteTakesIt() throws IOException {
        apply();
        assertThat(terminal.run("explain", "http://wiki.localhost/legacy/x?q=1")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                route wiki.localhost/ takes it, and leads to wiki/web
                wiki/web/1 at 127.0.0.1:40001 may get it: running
                wiki/web sleeps when idle: awake, idle for 3s of 10s
                route */legacy (to the external backend 10.0.0.7:8080) covers it too, but its host is less specific
                the proxy listens on 127.0.0.1:8080, not on port 80: ask http://wiki.localhost:8080/legacy/x?q=1
                """);
        assertThat(terminal.run("explain", "wikki.localhost:8080/")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                the proxy answers 404: no route covers it
                no route is for the host wikki.localhost; did you mean 'wiki.localhost'?
                hosts with a route: *, wiki.localhost
                """);
        assertThat(terminal.run("explain", "-o", "json", "http://wiki.localhost:8080/")).isZero();
        assertThat(terminal.out()).startsWith("{\"url\":\"http://wiki.localhost:8080/\",\"outcome\":\"forwarded\",\"status\":null,");
        assertThat(terminal.run("explain", "ftp://wiki.localhost/")).isEqualTo(2);
        assertThat(terminal.err()).contains("expected a URL such as http://shop.localhost/cart");
    }

    @Test
    void theJournalShowsTheNewestOfASubject() throws IOException {
        apply();
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.ASLEEP, "no request for 10s");
        assertThat(terminal.run("journal", "-n", "1", "wiki/web")).isZero();
        assertThat(terminal.out()).isEqualTo("08:00:02  wiki/web/1        asleep          no request for 10s\n");
        assertThat(terminal.run("journal", "-o", "json", "-n", "1")).isZero();
        assertThat(terminal.out())
                .isEqualTo("[{\"number\":3,\"at\":\"2026-01-05T08:00:02Z\",\"subject\":\"wiki/web/1\",\"what\":\"asleep\","
                + "\"why\":\"no request for 10s\",\"facts\":{\"before\":\"running\"}}]\n");
    }

    @Test
    void eventsAreTheChangesOfStatesAndNothingElse() throws IOException {
        apply();
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.ASLEEP, "no request for 10s");
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.ASLEEP, "still no request");
        terminal.run("stop", "wiki/db");
        assertThat(terminal.run("events", "--no-follow")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                08:00:02  wiki/web/1        asleep          was running: no request for 10s
                08:00:04  wiki/db/1         stopped         was running: a user asked
                """);
        assertThat(terminal.run("events", "--no-follow", "-o", "json", "--since", "2026-01-05T08:00:01Z", "wiki/web")).isZero();
        assertThat(terminal.out()).isEqualTo("{\"number\":3,\"at\":\"2026-01-05T08:00:02Z\",\"app\":\"wiki\",\"service\":\"web\","
                + "\"instance\":\"wiki/web/1\",\"before\":\"running\",\"state\":\"asleep\",\"reason\":\"no request for 10s\","
                + "\"pid\":null}\n");
        assertThat(terminal.run("events", "--no-follow", "--since", "87s")).isZero();
        assertThat(terminal.out()).contains("wiki/db/1").doesNotContain("wiki/web/1");
        assertThat(terminal.run("events", "--since", "yesterday")).isEqualTo(2);
        assertThat(terminal.err()).isEqualTo("reeve: cannot read 'yesterday': expected a time such as 10m, 2h or 2026-01-05T08:00:00Z\n");
    }

    @Test
    void eventsGoOnUntilTheNodeEnds() throws IOException {
        apply();
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.ASLEEP, "no request for 10s");
        Thread events = Thread.ofVirtual().start(() -> terminal.run("events", "--since", "1h", "-o", "json"));
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> terminal.out().contains("\"state\":\"asleep\""));
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.WAKING, "a request came");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> terminal.out().contains("\"state\":\"waking\""));
        server.close();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !events.isAlive());
    }

    @Test
    void statsAreMeasuredOverASecond() throws IOException {
        apply();
        server.node.put(InstanceId.parse("wiki/db/1"), InstanceState.ASLEEP, "no request for 10s");
        assertThat(terminal.run("stats", "--no-stream")).isZero();
        assertThat(terminal.out()).matches("""
                INSTANCE    STATE    CPU +MEMORY   LIMIT  PROCESSES
                wiki/db/1   asleep   - +-        -      -
                wiki/web/1  running  [0-9]+[.][0-9]% +1[.]5 MiB  -      1
                """);
        assertThat(terminal.run("stats", "--no-stream", "-o", "json", "wiki")).isZero();
        assertThat(terminal.out()).startsWith("[{\"app\":\"wiki\",\"service\":\"db\",\"instance\":\"wiki/db/1\",\"state\":\"asleep\","
                + "\"cpu_percent\":null,").contains("\"cpu_percent\":", "\"memory_bytes\":1572864");
        assertThat(terminal.run("stats", "wki")).isEqualTo(4);
        assertThat(terminal.err()).isEqualTo("reeve: cannot find app 'wki': it is not declared on this node; did you mean 'wiki'?\n");
        Thread stats = Thread.ofVirtual().start(() -> terminal.run("stats"));
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> terminal.out().split("INSTANCE").length > 2);
        server.close();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !stats.isAlive());
    }

    @Test
    void logsShowTheLastLines() throws IOException {
        apply();
        Files.writeString(folder.resolve("wiki.web.1.log"), "one\ntwo\nthree\n");
        Files.writeString(folder.resolve("wiki.db.1.log"), "unfinished");
        assertThat(terminal.run("logs", "-n", "2", "wiki")).isZero();
        assertThat(terminal.out()).isEqualTo("db/1 | unfinished\nweb/1 | two\nweb/1 | three\n");
    }

    @Test
    void downStopsAndForgetsAndAllEndsTheNode() throws IOException {
        apply();
        assertThat(terminal.run("down", "shop")).isEqualTo(4);
        assertThat(terminal.run("down")).isZero();
        assertThat(terminal.out()).isEqualTo("Stopping wiki\n");
        assertThat(terminal.run("down")).isZero();
        assertThat(terminal.out()).isEqualTo("No apps.\n");
        assertThat(server.node.shutdown).isFalse();
        assertThat(terminal.run("down", "--all")).isZero();
        assertThat(server.node.shutdown).isTrue();
        assertThat(terminal.run("down", "--all", "wiki")).isEqualTo(2);
    }

    @Test
    void anAppOfACatalogueIsInstalledListedAndUninstalled() throws IOException {
        Path catalogue = Files.createDirectories(folder.resolve("catalogue"));
        assertThat(terminal.run("install", "--catalog", catalogue.toString())).isZero();
        assertThat(terminal.out()).isEqualTo("The catalogue is empty: there is no app in " + catalogue + "\n");
        assertThat(terminal.run("install", "forum", "--catalog", folder.resolve("nowhere").toString())).isEqualTo(4);
        assertThat(terminal.err()).endsWith("it is not in the catalogue " + folder.resolve("nowhere")
                + " (no such folder), which is empty\n");
        Files.writeString(catalogue.resolve("forum.yaml"), "name: forum\nservices: { web: { command: [run] } }\n");
        assertThat(terminal.run("install", "forum", "--catalog", catalogue.toString())).isZero();
        assertThat(terminal.out()).isEqualTo("forum: applied\n  start forum/web: it is new\n");
        assertThat(terminal.run("install", "--catalog", catalogue.toString())).isZero();
        assertThat(terminal.out()).containsPattern("forum +yes +" + catalogue.resolve("forum.yaml"));
        assertThat(terminal.run("install", "--catalog", catalogue.toString(), "-o", "json")).isZero();
        assertThat(terminal.out()).contains("\"installed\":true");
        assertThat(terminal.run("install", "none", "--catalog", catalogue.toString())).isEqualTo(4);
        assertThat(terminal.err()).contains("it is not in the catalogue " + catalogue);
        assertThat(terminal.run("uninstall", "forum", "--volumes")).isZero();
        assertThat(terminal.out()).isEqualTo("Stopping forum; its volumes go once everything of it has stopped\n");
        assertThat(terminal.run("uninstall", "forum")).isEqualTo(4);
    }

    @Test
    void whereNobodyAnswersTheVerbSaysSo() {
        terminal.environment.put("REEVE_SOCKET", folder.resolve("none.sock").toString());
        assertThat(terminal.run("ps")).isEqualTo(3);
        assertThat(terminal.err()).isEqualTo("reeve: cannot reach Reeve at " + folder.resolve("none.sock") + ": nobody answers there\n");
        assertThat(terminal.run("version")).isZero();
        assertThat(terminal.out()).isEqualTo("reeve 1.2.3\n");
        assertThat(terminal.run("ps", "--socket", folder.resolve("reeve.sock").toString())).isZero();
    }

    @Test
    void aManifestThatUpWasNotGivenIsNotApplied() throws IOException {
        Files.writeString(folder.resolve("reeve.yaml"), WIKI);
        String overlooked = "Not applied: " + folder.resolve("reeve.yaml") + ". Apply it: reeve apply\n";
        assertThat(terminal.run("up", "-d")).isZero();
        assertThat(terminal.out()).contains(overlooked);
        assertThat(server.node.acts).isEmpty();
        apply();
        assertThat(terminal.run("up", "-d")).isZero();
        assertThat(terminal.out()).doesNotContain("Not applied");
    }

    @Test
    void whatIsMissingOrMisspeltIsNamed() {
        assertThat(terminal.run("hepl")).isEqualTo(2);
        assertThat(terminal.err()).startsWith("reeve: there is no verb 'hepl'; did you mean 'help'?\n");
        assertThat(terminal.run("logs")).isEqualTo(2);
        assertThat(terminal.err()).isEqualTo("reeve: cannot run 'logs' without APP[/SERVICE[/N]]\nSee: reeve logs --help\n");
        assertThat(terminal.run("exec")).isEqualTo(2);
        assertThat(terminal.err()).startsWith("reeve: cannot run 'exec' without APP/SERVICE[/N]\n");
        assertThat(terminal.run("apply", "-f")).isEqualTo(2);
        assertThat(terminal.err()).startsWith("reeve: cannot run 'apply' without --file's FILE|DIR\n");
    }

    @Test
    void upOnAServedSocketAppliesAndFollows() throws IOException {
        Files.writeString(folder.resolve("reeve.yaml"), WIKI);
        Thread up = Thread.ofVirtual().start(() -> terminal.run("up", "-f", "."));
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !terminal.interrupts.isEmpty());
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.ASLEEP, "no request for 10s");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> terminal.out().contains("asleep"));
        terminal.interrupts.getFirst().run();
        server.close();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !up.isAlive());
        assertThat(terminal.out())
                .contains("Reeve runs here already", "wiki: applied")
                .contains("  http://wiki.localhost:8080/   wiki/web\n", "  http://localhost:8080/legacy  10.0.0.7:8080\n",
                        "  http://127.0.0.1:9180/        status page\n")
                .contains("wiki/web/1        asleep          no request for 10s")
                .contains("services go on running");
    }

    @Test
    void upStartsTheNodeAndLeavesServicesRunning() throws IOException {
        Files.writeString(folder.resolve("reeve.yaml"), WIKI);
        var socket = folder.resolve("later").resolve("reeve.sock");
        terminal.environment.put("REEVE_SOCKET", socket.toString());
        var started = new FakeServer[1];
        var serving = new NodeServer.Started.Serving(new NodeServer.Node() {
            @Override
            public void awaitEnd() {
                terminal.interrupts.getFirst().run();
            }

            @Override
            public void close() {
                started[0].close();
            }
        });
        var late = new Terminal(folder.resolve("later"), server.time) {
            @Override
            public Started start(UpOptions options) {
                try {
                    started[0] = new FakeServer(Files.createDirectories(folder.resolve("later")));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return serving;
            }
        };
        terminal = late;
        assertThat(late.run("up", "-f", folder.toString())).isZero();
        assertThat(late.out()).contains("wiki: applied", "http://wiki.localhost:8080/", "its services go on running", "reeve down --all");
        assertThat(late.interrupts).isEmpty();
    }

    @Test
    void upInTheBackgroundStartsTheSameWithoutTheManifests() throws IOException {
        Files.writeString(folder.resolve("reeve.yaml"), WIKI);
        terminal.environment.put("REEVE_SOCKET", folder.resolve("none.sock").toString());
        assertThat(terminal.run("up", "-d", "-f", ".", "--state", "s", "--http", ":8000")).isEqualTo(3);
        assertThat(terminal.background).hasSize(1);
        assertThat(terminal.background.getFirst()).containsExactly(
                "up", "--in-background", "--state", folder.resolve("s").toString(), "--http", "0.0.0.0:8000");
    }

    @Test
    void checkListsWhatIsWrong() {
        assertThat(terminal.run("check")).isZero();
        assertThat(terminal.out()).isEqualTo("All is well.\n");
        terminal.problems = List.of("node.yaml:1:1: nmae: unknown setting");
        assertThat(terminal.run("check")).isEqualTo(1);
        assertThat(terminal.out()).isEqualTo("node.yaml:1:1: nmae: unknown setting\n");
    }

    @Test
    void completionKnowsEveryVerb() {
        assertThat(terminal.run("completion")).isZero();
        assertThat(terminal.out()).contains("complete -F", "explain", "restart");
    }

    private void apply() throws IOException {
        Files.writeString(folder.resolve("reeve.yaml"), WIKI);
        assertThat(terminal.run("apply", "-f", folder.toString())).as(terminal.err()).isZero();
    }
}
