package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.group.PeerAddresses;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Browser;
import io.iotdarelay.testing.Fleet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.openqa.selenium.Keys;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Mono;

/** An operator who has never seen the relay finds out what is wrong in a real browser, and mends it. */
@Execution(ExecutionMode.CONCURRENT)
class OperatorsPageIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static Browser browser;

    @BeforeAll
    static void openBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void reset() {
        browser.size(1280, 900).colours("light").open("about:blank").complaints();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void fromASilentDeviceToRedrivenRecords() throws Exception {
        try (Scene scene = Scene.of("page", 2)) {
            // Given a device that nobody told the relay of, and others that report
            Fleet fleet = scene.fleet(5);
            scene.simulator().register(SimulatedDevice.direct("newcomer", Fleet.secretOf("newcomer")));
            String relay = url(scene.start());
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            for (int n = 0; n < 4; n++) {
                scene.send("newcomer", "{\"n\":" + n + "}");
            }
            scene.flush();

            // Nobody gets in without a password
            browser.open(relay + "/").awaitText("h1", "iotda-relay");
            assertThat(browser.path()).isEqualTo("/login");
            browser.logIn(relay, "operator", "not it").awaitText("[role=alert]", "wrong");
            browser.complaints(); // 401 is one

            // It flows, and there are dead letters
            browser.logInAsOperator(relay)
                    .awaitText(".state h1", "Flowing")
                    .awaitText("#stuck + section", "records are being rejected");
            assertThat(browser.text(".connection")).contains("Live");
            assertThat(browser.text("#banners")).isEmpty();
            browser.shoot("overview");

            // Why is the device silent?
            browser.click("nav a", "Devices").fill("#device-id", "newcomer").press(Keys.ENTER);
            browser.awaitText("article .state", "Unknown").shoot("device");
            assertThat(browser.path()).isEqualTo("/#/devices/newcomer");
            assertThat(browser.text("article")).contains("The directory does not know it");

            // What is in its dead letters?
            browser.click("a", "All its dead letters").awaitText("tbody", "newcomer");
            assertThat(browser.count("tbody tr")).isEqualTo(4);
            browser.click("tbody tr:last-child td:last-child a").awaitText("article", "It would be rejected again");
            assertThat(browser.text("article pre")).contains("\"n\": 0");
            browser.shoot("letter");

            // The device is told of, and the letter would be a request now
            List<String> lines = new ArrayList<>(List.of("device_id,secret,gateway_id"));
            scene.simulator().devices().forEach(device -> lines.add(device.id() + "," + device.secret() + ","));
            scene.relays().withDevices(lines);
            await().atMost(SOON).until(() -> {
                browser.open(relay + "/#/letters?device=newcomer").awaitText("tbody", "newcomer");
                browser.click("button", "Dry run").awaitText("#tried", "would be sent again");
                return !browser.text("#tried").contains("would be rejected again");
            });
            assertThat(browser.text("#tried")).contains("4 dead letters would be sent again", "of 1 device");
            browser.shoot("dry-run");
            assertThat(scene.arrived("newcomer")).isEmpty();

            // Who thinks better of it, has done nothing
            browser.click("#tried button.go").awaitText("dialog", "4 dead letters are sent to the platform again");
            browser.press(Keys.ESCAPE).awaitNo("dialog");
            browser.click("#tried button.go")
                    .click("dialog button.go")
                    .awaitText("#redrives", "4 of 4 done: 4 delivered");
            browser.shoot("redriven");
            assertThat(scene.arrived("newcomer")).containsExactly(0, 1, 2, 3);

            // A second time, there is nothing to send
            browser.click("button", "Dry run").awaitText("#tried", "0 dead letters would be sent again");
            assertThat(browser.run("return document.querySelector('#tried button.go').disabled"))
                    .isEqualTo(true);
            browser.go("#/devices/newcomer").awaitText("article .state", "Delivered");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void whatRecordsSayIsShownAsText() throws Exception {
        try (Scene scene = Scene.of("planted", 1)) {
            // Given
            String evil = "<script>window.planted=1</script><img src=x onerror='window.planted=2'>";
            scene.fleet(1);
            scene.relays().with("relay.dead-letter.max-share", "1");
            String relay = url(scene.start());
            scene.send(new ProducerRecord<>(
                    scene.topic(),
                    null,
                    Scene.bytes(evil),
                    Scene.bytes(evil),
                    new RecordHeaders(List.of(
                            new RecordHeader(evil, Scene.bytes(evil)),
                            new RecordHeader("ctl", "\u202e\u0007".getBytes(StandardCharsets.UTF_8))))));
            scene.send("strange-device", evil);
            scene.send(evil, "{\"n\":1}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 3);

            // When
            browser.logInAsOperator(relay.replace("localhost", "relay.test"))
                    .go("#/letters")
                    .awaitText("tbody", "planted.dlt-0-0");
            assertThat(browser.text("#banners")).contains("without TLS");
            browser.go("#/letters/planted.dlt-0-0").awaitText("article pre", evil);
            browser.click("summary").awaitText("details", evil);
            browser.go("#/devices/"
                    + URLEncoder.encode(evil, StandardCharsets.UTF_8).replace("+", "%20"));
            browser.awaitText("article", evil);
            browser.go("#/letters?reason=" + URLEncoder.encode(evil, StandardCharsets.UTF_8))
                    .awaitText("h1", "Dead letters");

            // Then
            assertThat(browser.run("return window.planted")).isNull();
            assertThat(browser.count("#desk script, #desk img")).isZero();
            assertThat(browser.complaints()).noneMatch(line -> line.contains("Content Security Policy"));
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void pausesAndResumes() throws Exception {
        try (Scene scene = Scene.of("page-pauses", 1)) {
            // Given
            scene.fleet(1);
            ConfigurableApplicationContext context = scene.start();
            String relay = url(context);
            browser.logInAsOperator(relay).go("#/pauses").awaitText("main", "Nothing is paused by an operator");

            // When
            browser.fill("input[name=reason]", "exchange of the valves").select("select[name=for]", "30m");
            browser.click("main form button")
                    .click("dialog .actions button.bad")
                    .awaitText("article", "Route properties");

            // Then
            assertThat(browser.text("article")).contains("exchange of the valves", "operator");
            browser.shoot("paused").go("#/overview").awaitText(".state h1", "Paused");
            browser.awaitText("#stuck", "exchange of the valves").shoot("overview-paused");
            assertThat(Actuator.of(context).asOperator().json("/pauses").path("pauses"))
                    .hasSize(1);

            // When
            browser.go("#/pauses").click("article button").click("dialog .actions button.go");

            // Then
            browser.awaitText("main", "Nothing is paused by an operator");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void anOutageIsNamedAndLeadsToItsRunbook() throws Exception {
        try (Scene scene = Scene.of("page-outage", 1)) {
            // Given
            Fleet fleet = scene.fleet(20);
            String relay = url(scene.start());
            browser.logInAsOperator(relay);
            scene.simulator().refuseConnections();
            scene.simulator().dropConnections();
            for (int n = 0; n < 5; n++) {
                fleet.produceForEach(scene.producer(), scene.topic(), 5);
            }

            // Then
            browser.awaitText(".state h1", "Stuck")
                    .awaitText("#stuck", "platform")
                    .awaitText(".flow .stage.bad", "IoTDA");
            browser.shoot("overview-stuck");
            String runbook = String.valueOf(browser.run("return document.querySelector('#stuck a.runbook').href"));
            assertThat(browser.barriers()).isEmpty();

            // When the red light is followed
            browser.open(runbook);

            // Then the section of the runbook is shown, by the relay itself
            assertThat(runbook).startsWith(relay + "/desk/docs/operations.md#");
            assertThat(browser.run("return document.querySelector(':target').textContent"))
                    .isEqualTo("IotdaRelayBreakerOpen");
            assertThat(browser.barriers()).isEmpty();
            browser.shoot("runbook");

            // And when the platform is back, so says the page, which nobody has touched
            browser.open(relay + "/").awaitText(".state h1", "Stuck");
            scene.simulator().acceptConnections();
            browser.awaitText(".state h1", "Flowing");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void anyoneCanReadIt() throws Exception {
        try (Scene scene = Scene.of("page-access", 12)) {
            // Given something of everything
            Fleet fleet = scene.fleet(30);
            scene.simulator().register(SimulatedDevice.direct("wrong", "another-secret"));
            List<String> lines = new ArrayList<>(List.of("device_id,secret,gateway_id", "wrong,some-secret,"));
            scene.simulator().devices().stream()
                    .filter(device -> !device.id().equals("wrong"))
                    .forEach(device -> lines.add(device.id() + "," + device.secret() + ","));
            scene.relays().withDevices(lines);
            String relay = url(scene.start());
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            scene.send("wrong", "{\"n\":1}");
            scene.send(
                    "a-device-with-a-name-that-is-as-long-as-an-id-may-be-which-is-more-than-a-small-screen-has-room-for-in-one-line",
                    "{\"n\":1}");
            scene.send("wrong", "no JSON at all");
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 3);
            List<String> views = List.of(
                    "#/overview",
                    "#/devices",
                    "#/devices/wrong",
                    "#/devices/nobody",
                    "#/letters",
                    "#/letters/page-access.dlt-0-0",
                    "#/letters/page-access.dlt-0-99",
                    "#/pauses");

            // Then
            browser.open(relay + "/login");
            assertThat(browser.barriers()).as("the login").isEmpty();
            browser.logInAsOperator(relay);
            for (String view : views) {
                browser.go(view).awaitNo(".waiting");
                for (String colours : List.of("light", "dark")) {
                    browser.colours(colours);
                    for (int width : new int[] {360, 1280}) {
                        browser.size(width, 800);
                        assertThat(browser.barriers())
                                .as(view + " " + colours + " " + width)
                                .isEmpty();
                        assertThat(browser.isTooWide()).as(view + " " + width).isFalse();
                        browser.shoot("look" + view.replaceAll("\\W+", "-") + "-" + colours + "-" + width);
                    }
                }
            }
            browser.colours("light")
                    .size(3840, 2160)
                    .go("#/overview")
                    .awaitText("main h1", "")
                    .shoot("overview-4k");
            assertThat(browser.isTooWide()).isFalse();

            // In the other language, with nothing left of the first one
            browser.size(1280, 900).select("#language", "zh").awaitText("nav", "概览");
            assertThat(browser.run("return document.documentElement.lang")).isEqualTo("zh-Hans");
            assertThat(browser.text("nav, h2, th, label")).doesNotContainPattern("[a-z]{4,} [a-z]{3,}");
            assertThat(browser.barriers()).isEmpty();
            browser.shoot("overview-zh").open(relay + "/").awaitText("nav", "概览");
            browser.select("#language", "en").awaitText("nav", "Overview");
            assertThat(browser.complaints()).noneMatch(line -> !line.contains("status of 404"));
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void theOverviewIsThatOfAllInstances() throws Exception {
        AtomicReference<List<InetSocketAddress>> found = new AtomicReference<>(List.of());
        try (Scene scene = Scene.of("page-group", 4);
                ServerSocket hanging = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Given two instances
            scene.fleet(4);
            scene.relays()
                    .with("relay.desk.peers", "dns:relay-peers.invalid:8080")
                    .replacing(PeerAddresses.class, dns -> () -> Mono.fromSupplier(found::get))
                    .with("HOSTNAME", "relay-a");
            Actuator a = Actuator.of(scene.start());
            scene.relays().with("HOSTNAME", "relay-b");
            Actuator b = Actuator.of(scene.start());
            found.set(addresses(a.port(), b.port()));
            await().atMost(SOON)
                    .until(() -> a.partitions().size() == 2 && b.partitions().size() == 2);

            // When
            browser.logInAsOperator("http://localhost:" + a.port());

            // Then the page of one is about both, with nothing but the session of this one
            browser.awaitText("[aria-labelledby=instances] tbody", "relay-b")
                    .awaitText("#partitions ~ .scroll tbody", "page-group-3");
            assertThat(browser.text("[aria-labelledby=instances] tbody")).contains("relay-a");
            assertThat(browser.count("[aria-labelledby=partitions] tbody tr")).isEqualTo(4);
            assertThat(browser.barriers()).isEmpty();
            browser.shoot("group");

            // And when there is one that does not answer, it is named
            found.set(addresses(a.port(), b.port(), hanging.getLocalPort()));
            browser.awaitText("#banners", ":" + hanging.getLocalPort());
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static List<InetSocketAddress> addresses(Integer... ports) {
        return Stream.of(ports)
                .map(port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .toList();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void theKeyboardIsEnough() throws Exception {
        try (Scene scene = Scene.of("page-keys", 1)) {
            scene.fleet(1);
            String relay = url(scene.start());
            browser.logInAsOperator(relay);

            // The first key leads past the navigation
            browser.press(Keys.TAB);
            assertThat(focused()).isEqualTo("Skip to the content");
            browser.press(Keys.ENTER);
            assertThat(browser.run("return document.activeElement.id")).isEqualTo("main");

            // What was typed stays while the page draws itself again, and so does the focus
            browser.go("#/devices").fill("#device-id", "some");
            Object drawn = browser.run("return window.performance.now()");
            await().atMost(SOON)
                    .until(() -> ((Number) browser.run("return window.performance.now()")).doubleValue()
                            > ((Number) drawn).doubleValue() + 5000);
            assertThat(browser.run("return document.activeElement.id + ' ' + document.activeElement.value"))
                    .isEqualTo("device-id some");

            // A dialog has the focus, and gives it back
            browser.go("#/pauses").fill("input[name=reason]", "because").press(Keys.ENTER);
            browser.awaitText("dialog", "because");
            assertThat(focused()).isEqualTo("Cancel");
            browser.press(Keys.ENTER).awaitNo("dialog");
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aViewerSeesEverythingAndChangesNothing() throws Exception {
        try (Scene scene = Scene.of("page-viewer", 1)) {
            // Given
            scene.fleet(1);
            scene.relays()
                    .with("relay.access.users[0].name", "viewer")
                    .with("relay.access.users[0].password", "password-of-the-viewer");
            String relay = url(scene.start());
            scene.send("nobody", "{\"n\":1}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 1);

            // When
            browser.logIn(relay, "viewer", "password-of-the-viewer").awaitText(".user", "viewer (viewer)");

            // Then
            browser.go("#/letters").awaitText("tbody", "nobody");
            assertThat(browser.text("main")).doesNotContain("Dry run");
            browser.go("#/pauses").awaitText("main", "Nothing is paused");
            assertThat(browser.count("main form")).isZero();
            browser.go("#/devices/nobody").awaitText("article .state", "Unknown");
            assertThat(browser.count("main .actions")).isZero();
            assertThat(browser.complaints()).isEmpty();

            // When the session ends elsewhere
            browser.deleteCookies();
            browser.go("#/letters").awaitText("main", "That failed");

            // Then the page says so, and leads to the login
            browser.awaitText("#banners", "Your session has ended")
                    .click("#banners a", "Log in")
                    .awaitText("h1", "iotda-relay");
            assertThat(browser.path()).isEqualTo("/login");
        }
    }

    private static Object focused() {
        return browser.run("return document.activeElement.textContent");
    }

    private static String url(ConfigurableApplicationContext relay) {
        return "http://localhost:" + Actuator.of(relay).port();
    }
}
