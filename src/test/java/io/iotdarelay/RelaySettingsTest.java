package io.iotdarelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.mapping.Provisioning;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.settings.InvalidSettingsException;
import io.iotdarelay.settings.SettingsProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/** Everything that can be wrong with a configuration, and the messages. */
class RelaySettingsTest {

    private static final String ROUTE = "relay.routes[0].";

    private final Map<String, Object> properties = new LinkedHashMap<>(Map.of(
            "relay.iotda.endpoint",
            "https://platform.example",
            "relay.devices.file",
            "file:/etc/iotda-relay/devices.csv",
            ROUTE + "name",
            "meters",
            ROUTE + "topics[0]",
            "telemetry.meters",
            ROUTE + "to",
            "properties",
            ROUTE + "device-id",
            "/device_id",
            ROUTE + "services[0].id",
            "Meter",
            ROUTE + "services[0].properties.temperature",
            "/payload/temp"));

    @Test
    void startsWithWhatIsRequiredAlone() {
        RelaySettings settings = RelaySettings.read(environment());

        assertThat(settings.deadLetter().topic()).isEqualTo("iotda-relay.dlt");
        assertThat(settings.routes().topics()).containsOnlyKeys("telemetry.meters");
    }

    @Test
    void takesAnApplicationSide() {
        applicationSide();

        assertThat(RelaySettings.read(environment()).platform().isConfigured()).isTrue();
    }

    @Test
    void createsDevicesOnlyWhereThePlatformIsAskedForThem() {
        properties.put(ROUTE + "provision.ids", "meter-[0-9]+");
        properties.put(ROUTE + "provision.product-id", "p");
        assertThat(problems())
                .containsExactly("relay.devices.platform: must be true: the route meters creates devices (provision)");

        properties.put("relay.devices.platform", "true");
        assertThat(problems())
                .containsExactly(
                        "relay.devices.platform: needs the platform's application side: set relay.platform.endpoint and what"
                                + " belongs to it");

        applicationSide();
        assertThat(RelaySettings.read(environment())
                        .routes()
                        .named("meters")
                        .orElseThrow()
                        .provisioning())
                .isPresent();
        assertThat(RelaySettings.read(environment()).routes().named("other")).isEmpty();
    }

    /** The configuration of {@code docs/platform.md}. */
    @Test
    void tenLinesAreEnoughToCreateDevices() throws IOException {
        String page = Files.readString(Path.of("docs/platform.md"));
        String lines = page.substring(page.indexOf("spring.kafka.bootstrap-servers"));
        lines = lines.substring(0, lines.indexOf("```"));
        StandardEnvironment environment = new StandardEnvironment();
        new YamlPropertySourceLoader()
                .load("page", new ByteArrayResource(lines.getBytes(StandardCharsets.UTF_8)))
                .forEach(environment.getPropertySources()::addFirst);

        Provisioning allowed = RelaySettings.read(environment)
                .routes()
                .named("meters")
                .flatMap(Route::provisioning)
                .orElseThrow();

        assertThat(allowed.dryRun()).isTrue();
        assertThat(allowed.ids().pattern()).isEqualTo("meter-[0-9]{6}");
        assertThat(lines.lines()).hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void thePlatformAloneIsASourceOfDevices() {
        properties.remove("relay.devices.file");
        properties.put("relay.devices.platform", "true");
        applicationSide();
        RelaySettings settings = RelaySettings.read(environment());
        assertThat(settings.devices().platform()).isTrue();
        assertThat(settings.devices().mostOfPlatform(512L << 20)).isEqualTo(100_000);
        assertThat(settings.devices().mostOfPlatform(48L << 20)).isEqualTo(10_485);

        properties.put("relay.devices.unknown-grace", "6m");
        assertThat(problems())
                .containsExactly("relay.devices.platform-absent-for: must be at least relay.devices.unknown-grace");
    }

    @Test
    void keepsDevicesInATopicOnlyIfThereIsOne() {
        properties.put("relay.devices.keep", "topic");
        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("relay.devices.keep: topic needs relay.devices.topic");

        properties.put("relay.devices.topic", "devices");
        assertThat(RelaySettings.read(environment()).devices().keep()).isEqualTo(DevicesProperties.Keeping.TOPIC);
    }

    @Test
    void takesAnEmptyEndpointForNone() {
        properties.put("relay.platform.endpoint", "");
        assertThat(RelaySettings.read(environment()).platform().isConfigured()).isFalse();

        applicationSide();
        properties.put("relay.platform.endpoint", "");
        assertThat(problems())
                .containsExactly(
                        "relay.platform.endpoint: is required: the application-side HTTPS address of the IoTDA instance");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        endpoint            | http://app.example     | endpoint: 'http://app.example' must be https://HOST or https://HOST:PORT, with nothing after it
        project-id          |                        | project-id: is required: the ID of the account's project in the region
        project-id          | cn-north-4             | project-id: must have 32 hexadecimal digits: the ID of the region's project, not that of the account
        region              |                        | region: is required for the derived signature, which this endpoint needs
        region              | CN North-Beijing4      | region: must be a region's ID, such as cn-north-4
        instance-id         | a b                    | instance-id: must have 1 to 64 letters, digits or '-'
        app-id              | a b                    | app-id: must have 1 to 36 letters, digits, '_' or '-'
        access-key          | a b                    | access-key: must have letters, digits, '_' or '-' only: it is the ID of the key
        access-key          |                        | access-key-file: is required, or access-key: the ID of the key that requests are signed with
        access-key-file     | /run/key/id            | access-key-file: takes the place of access-key: set one of them
        secret-key          | " "                    | secret-key-file: is required, or secret-key: what requests are signed with
        secret-key          |                        | secret-key-file: is required, or secret-key: what requests are signed with
        secret-key-file     | /run/key/secret        | secret-key-file: takes the place of secret-key: set one of them
        signature           | both                   | signature: must be one of auto, ordinary, derived, not 'both'
        requests-per-second | 0                      | requests-per-second: must be 1 to 1000, not 0
        requests-per-second | 5000                   | requests-per-second: must be 1 to 1000, not 5000
        response-timeout    | 10m                    | response-timeout: must be 100ms to 1m, not 600s
        acces-key           | AK                     | acces-key: unknown property; did you mean 'access-key'?
        """)
    void saysWhatIsWrongWithTheApplicationSide(String key, @Nullable String value, String problem) {
        applicationSide();
        if (value == null) {
            properties.remove("relay.platform." + key);
        } else {
            properties.put("relay.platform." + key, value);
        }

        assertThat(problems()).singleElement().asString().startsWith("relay.platform." + problem);
    }

    @ParameterizedTest
    @CsvSource({
        "region, cn-north-4",
        "signature, derived",
        "requests-per-second, 20",
        "connect-timeout, 6s",
        "response-timeout, 6s",
        "ssl-bundle, b"
    })
    void asksForAnEndpointWithAnythingElseOfTheApplicationSide(String key, String value) {
        properties.put("relay.platform." + key, value);

        assertThat(problems())
                .contains(
                        "relay.platform.endpoint: is required: the application-side HTTPS address of the IoTDA instance");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "region",
                "project-id",
                "instance-id",
                "app-id",
                "access-key",
                "access-key-file",
                "secret-key",
                "secret-key-file",
                "ssl-bundle"
            })
    void takesBlankKeysOfTheApplicationSideForUnset(String key) {
        properties.put("relay.platform." + key, " ");

        assertThat(RelaySettings.read(environment()).platform().isConfigured()).isFalse();
    }

    @Test
    void asksForARegionWhereTheSignatureIsDerived() {
        applicationSide();
        properties.remove("relay.platform.region");
        properties.put("relay.platform.endpoint", "https://iotda.cn-north-4.myhuaweicloud.com");
        assertThat(RelaySettings.read(environment()).platform().isConfigured()).isTrue();

        properties.put("relay.platform.signature", "derived");
        assertThat(problems())
                .containsExactly("relay.platform.region: is required for the derived signature, which is configured");
        properties.put("relay.platform.endpoint", "https://app.example");
        properties.put("relay.platform.signature", "ordinary");
        assertThat(RelaySettings.read(environment()).platform().isConfigured()).isTrue();
    }

    @Test
    void asksForAnApplicationSideToReadBack() {
        properties.put("relay.platform.read-back.enabled", "true");
        assertThat(problems()).containsExactly("relay.platform.read-back.enabled: requires relay.platform.endpoint");

        applicationSide();
        assertThat(RelaySettings.read(environment()).readBack().enabled()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        requests-per-second | 2   | requests-per-second: must be 0.01 to 1, not 2
        devices             | 0   | devices: must be 1 to 10, not 0
        patience            | 0s  | patience: must be 1s to 30m, not 0s
        interval            | 48h | interval: must be 1s to 24h, not 172800s
        device              | 1   | device: unknown property; did you mean 'devices'?
        """)
    void saysWhatIsWrongWithReadingBack(String key, String value, String problem) {
        applicationSide();
        properties.put("relay.platform.read-back." + key, value);

        assertThat(problems()).singleElement().asString().startsWith("relay.platform.read-back." + problem);
    }

    private void applicationSide() {
        properties.put("relay.platform.endpoint", "https://app.example");
        properties.put("relay.platform.region", "cn-north-4");
        properties.put("relay.platform.project-id", "0a1b2c3d4e5f60718293a4b5c6d7e8f9");
        properties.put("relay.platform.access-key", "RELAYAK");
        properties.put("relay.platform.secret-key", "RelaySk");
    }

    @Test
    void reportsEverythingThatIsMissing() {
        properties.clear();

        assertThat(problems())
                .containsExactlyInAnyOrder(
                        "relay.iotda.endpoint: is required: the device-side HTTPS address of the IoTDA instance",
                        "relay.devices.file: a source of devices is required: file, topic, platform: true, or several of them",
                        "relay.routes: at least one route is required");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        relay.iotda.endpoint                     | http://platform.example   | 'http://platform.example' must be https://HOST or https://HOST:PORT, with nothing after it
        relay.iotda.endpoint                     | https://platform.example/v5 | 'https://platform.example/v5' must be https://HOST or https://HOST:PORT, with nothing after it
        relay.iotda.endpoint                     | https://me@platform.example | 'https://(hidden)@platform.example' must be https://HOST or https://HOST:PORT, with nothing after it
        relay.iotda.sign-type                    | 2                         | must be 0 to 1, not 2
        server.http2.enabled                     | true                      | must be false: the limits of relay.access are for HTTP/1.1
        server.http2.enabled                     | on                        | must be false: the limits of relay.access are for HTTP/1.1
        spring.security.user.password            | {rot13}x                  | has an unknown encoding; expected is a plain password, or {bcrypt}...
        relay.access.users[0].name               | a:b                       | is required, and may not contain a colon
        relay.access.users[0].role               | admin                     | must be one of viewer, operator, not 'admin'
        relay.access.request-timeout             | 0s                        | must be 1s to 1m, not 0s
        relay.iotda.sign-type                    | sm3                       | must be a number, not 'sm3'
        relay.iotda.connect-timeout              | 0s                        | must be 100ms to 1m, not 0s
        relay.iotda.connect-timeout              | quick                     | must be a duration such as 500ms, 5s, 10m, not 'quick'
        relay.iotda.response-timeout             | 6m                        | must be 100ms to 5m, not 360s
        relay.iotda.max-connections              | 0                         | must be 1 to 65536, not 0
        relay.iotda.connection-max-age           | 0s                        | must be 1s to 24h, not 0s
        relay.iotda.proxy.type                   | socks4                    | must be one of http, socks5, not 'socks4'
        relay.iotda.proxy.host                   | http://proxy:3128         | must be a name or an address, without a scheme, a user and a port
        relay.iotda.proxy.host                   | proxy.example             | relay.iotda.proxy.port: is required, if there is a proxy
        relay.iotda.proxy.port                   | 3128                      | relay.iotda.proxy.host: is required, if there is a proxy
        relay.iotda.proxy.port                   | 65536                     | must be 1 to 65535, not 65536
        relay.iotda.proxy.username               | relay                     | relay.iotda.proxy.password-file: is required, if there is a user
        relay.iotda.proxy.password-file          | /run/proxy/password       | relay.iotda.proxy.password-file: needs a username or username-file
        relay.iotda.proxy.password               | secret                    | unknown property
        relay.iotda.proxy.no-proxy               | *.example.com             | must be names, addresses, or suffixes such as .example.com
        relay.platform.access-key                | AK                        | relay.platform.endpoint: is required: the application-side HTTPS address of the IoTDA instance
        relay.platform.proxy.host                | proxy.example             | relay.platform.proxy.port: is required, if there is a proxy
        relay.iotda.timeout                      | 5s                        | unknown property
        relay.devices.file                       | devices.txt               | 'devices.txt' must be a .csv or .jsonl file, such as file:/etc/iotda-relay/devices.csv
        relay.devices.topic                      | a b                       | 'a b' is not a valid topic name
        relay.devices.unknown-grace              | 11m                       | must be 0s to 10m, not 660s
        relay.devices.platform                   | perhaps                   | must be true or false, not 'perhaps'
        relay.devices.platform-known-for         | 1s                        | must be 1m to 7d, not 1s
        relay.devices.platform-absent-for        | 0s                        | must be 1s to 24h, not 0s
        relay.devices.platform-longest-wait      | 25h                       | must be 0s to 24h, not 90000s
        relay.devices.platform-max-devices       | 0                         | must be 1 to 10000000, not 0
        relay.tokens.max-devices                 | 0                         | must be 1 to 100000000, not 0
        relay.tokens.renew-at                    | 1.0                       | must be 0.1 to 0.99, not 1.0
        relay.tokens.store                       | redis                     | must be one of memory, topic, not 'redis'
        relay.tokens.topic                       | a b                       | 'a b' is not a valid topic name
        relay.quota.messages-per-second          | -1                        | must be 0 to 1000000, not -1.0
        relay.quota.scope                        | group                     | must be one of instance, cluster, not 'group'
        relay.quota.authentications-per-second   | many                      | must be a number, not 'many'
        relay.lane.linger                        | 2m                        | must be 0s to 1m, not 120s
        relay.lane.linger                        | 30s                       | must be shorter than relay.source.drain-timeout
        relay.lane.max-request-size              | 2MB                       | must be 1KB to 976KB, not 2MB
        relay.lane.max-request-size              | large                     | must be a size such as 64KB, 10MB, not 'large'
        relay.lane.max-in-flight-requests        | 0                         | must be 1 to 65536, not 0
        relay.source.max-in-flight-records       | 0                         | must be 1 to 10000000, not 0
        relay.source.max-in-flight-size          | 1KB                       | must be 1MB to 16384MB, not 1KB
        relay.source.commit-interval             | 1ms                       | must be 10ms to 1m, not 1ms
        relay.source.drain-timeout               | 6m                        | must be shorter than the consumer's max.poll.interval.ms, 300000ms
        relay.dead-letter.topic                  | no topic                  | 'no topic' is not a valid topic name
        relay.dead-letter.max-share              | 0                         | must be 0.01 to 1, not 0.0
        relay.dead-letter.share-of-last          | 10                        | must be 20 to 1000000, not 10
        relay.dead-letter.probe-every            | 500ms                     | must be 1s to 24h, not 500ms
        relay.quarantine.probe-after             | 1m,500ms                  | must be 1s to 24h, not 500ms
        relay.quarantine.probe-after             | often                     | must be a duration such as 500ms, 5s, 10m, not 'often'
        relay.routes[0].name                     | two words                 | 1 to 64 letters, digits, '.', '_' or '-' are required
        relay.routes[0].topics[1]                | telemetry.meters          | 'telemetry.meters' is already used by relay.routes[0].topics[0]
        relay.routes[0].topic-pattern            | telemetry.*               | either topics or topic-pattern is required, not both
        relay.routes[0].format                   | parquet                   | must be one of json
        relay.routes[0].to                       | property                  | must be one of properties, message, gateway, not 'property'
        relay.routes[0].device-id                | device                    | 'device' is not a valid selector
        relay.routes[0].gateway-id               | /gateway                  | is allowed for 'to: gateway' only
        relay.routes[0].message.name             | key                       | is allowed for 'to: message' only
        relay.routes[0].services[0].id           | ""                        | the service_id of the product model is required, 1 to 64 characters
        relay.routes[0].services[0].event-time   | ts                        | 'ts' is not a valid selector
        relay.routes[0].services[0].properties.p.type  | float               | must be one of
        relay.routes[0].services[0].properties.p.scale | 0.1                 | one of a selector (from), a template (text), an expression and a constant (value) is required
        relay.routes[0].services[0].properties.p.form  | /x                  | unknown property
        relay.rotues[0].name                     | x                         | unknown property
        relay.enabled                            | true                      | unknown property
        """)
    void reportsWhatIsWrong(String key, String value, String message) {
        properties.put(key, value);

        assertThat(problems()).anySatisfy(problem -> assertThat(problem).contains(message));
        assertThat(problems()).anySatisfy(problem -> assertThat(problem).startsWith(startOf(key)));
    }

    @Test
    void aSharedQuotaNeedsOne() {
        properties.put("relay.quota.scope", "cluster");
        assertThat(problems())
                .containsExactly(
                        "relay.quota.messages-per-second: is required with scope: cluster: the total of all instances");

        properties.put("relay.quota.messages-per-second", "0.5");
        assertThat(RelaySettings.read(environment()).quota().isShared()).isTrue();
    }

    @Test
    void holdsRoutesAgainstProductModels(@TempDir Path directory) throws IOException {
        Path model = Files.writeString(directory.resolve("model.json"), """
                {"service_capabilities":[{"service_id":"Meter","properties":[
                 {"property_name":"temperatur","data_type":"decimal"}]}]}""");
        properties.put("relay.models.products.meter_1.file", model.toUri().getPath());
        properties.put("relay.models.devices[0].prefix", "meter-");
        properties.put("relay.models.devices[0].product", "meter_1");
        properties.put(ROUTE + "product", "meter_1");
        assertThat(problems())
                .containsExactly(
                        "relay.routes[0].services[0].properties.temperature: 'temperature' is not a property of"
                                + " service Meter; did you mean 'temperatur'?");

        properties.put(ROUTE + "validation", "off");
        assertThat(RelaySettings.read(environment()).models().products()).containsExactly("meter_1");
        properties.put("relay.models.products.meter_2", model.toUri().toString());
        assertThat(RelaySettings.read(environment()).models().products())
                .containsExactlyInAnyOrder("meter_1", "meter_2");
    }

    @Test
    void needsTheApplicationSideForModelsOfThePlatform() {
        properties.put("relay.models.products.meter_1.platform", "true");
        properties.put("relay.models.products.meter_2.platform", "false");
        properties.put("relay.models.refresh-interval", "1s");
        properties.put(ROUTE + "product", "meter_1");

        assertThat(problems()).containsExactlyInAnyOrder("relay.models.refresh-interval: must be 10s to 1d, not 1s");

        properties.remove("relay.models.refresh-interval");
        assertThat(problems())
                .containsExactlyInAnyOrder("relay.models.products.meter_2.file: a model file is required, such as"
                        + " file:/etc/iotda-relay/model.zip, or platform: true");

        properties.put("relay.models.products.meter_2.platform", "true");
        assertThat(problems())
                .containsExactlyInAnyOrder(
                        "relay.platform.endpoint: is required: relay.models.products.meter_1.platform is true");
    }

    @Test
    void tellsWhatIsWrongWithProductModels() {
        properties.put("relay.models.validation", "lax");
        properties.put("relay.models.devices[0].prefx", "meter-");
        properties.put("relay.models.products.meter_1.fil", "x");

        assertThat(problems())
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith(
                                "relay.models.validation: must be one of reject, strict, lenient, coerce, strip, off, not"
                                        + " 'lax'"))
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("relay.models.devices[0].prefx: unknown property; did you mean 'prefix'?"))
                .anySatisfy(problem -> assertThat(problem).startsWith("relay.models.products"));
    }

    @Test
    void needsARegistryForFormatsWhoseSchemasAreInOne() {
        properties.put("relay.routes[0].format", "json-schema");
        assertThat(RelaySettings.read(environment()).registry().isConfigured()).isFalse();

        properties.put("relay.routes[0].format", "avro");
        assertThat(problems())
                .containsExactly("relay.registry.url: is required: a route has the format avro or protobuf");
        properties.put("relay.registry.url", "http://one:8081,http://two:8081");
        assertThat(RelaySettings.read(environment()).registry().url()).hasSize(2);
    }

    @Test
    void takesAProxy() {
        properties.put("relay.iotda.proxy.type", "socks5");
        properties.put("relay.iotda.proxy.host", "proxy.example");
        properties.put("relay.iotda.proxy.port", "1080");
        properties.put("relay.iotda.proxy.username-file", "file:/run/proxy/username");
        properties.put("relay.iotda.proxy.password-file", "file:/run/proxy/password");
        properties.put("relay.iotda.proxy.no-proxy", "localhost, .inside.example");

        assertThat(String.valueOf(RelaySettings.read(environment()).iotda().proxy()))
                .contains("SOCKS5", "proxy.example", "1080", "[localhost, .inside.example]");
    }

    @Test
    void readsNoDeadLetters() {
        properties.put("relay.dead-letter.topic", "telemetry.meters");

        assertThat(problems()).containsExactly("relay.routes[0].topics[0]: is the dead-letter topic");
    }

    /** It would take them for devices, whose secrets a producer could choose. */
    @Test
    void writesNoDeadLettersToTheDirectory() {
        properties.put("relay.devices.topic", "devices");
        properties.put("relay.dead-letter.topic", "devices");

        assertThat(problems()).containsExactly("relay.dead-letter.topic: is the topic of the device directory");

        properties.put("relay.dead-letter.topic", "dlt");
        properties.put(ROUTE + "dead-letter.topic", "devices");

        assertThat(problems())
                .containsExactly("relay.routes[0].dead-letter.topic: is the topic of the device directory");
    }

    @Test
    void readsNoDirectoryAsTelemetry() {
        properties.put("relay.devices.topic", "telemetry.meters");

        assertThat(problems()).singleElement().asString().contains("relay.routes[0].topics[0]: is the topic of the");
    }

    @Test
    void storesNoTokensWithoutKeys(@TempDir Path keys) throws IOException {
        properties.put("relay.tokens.store", "topic");

        assertThat(problems())
                .containsExactly(
                        "relay.tokens.keys: is required with store: topic: the directory of the encryption keys",
                        "relay.tokens.key: is required with store: topic: the name of the file with the key that encrypts");

        Files.writeString(keys.resolve("short"), "AAAA");
        properties.put("relay.tokens.keys", keys.toString());
        properties.put("relay.tokens.key", "other");

        assertThat(problems()).containsExactly("relay.tokens.keys: the key short has 3 bytes instead of 32");

        Files.delete(keys.resolve("short"));
        Files.writeString(keys.resolve("good"), Base64.getEncoder().encodeToString(new byte[32]));

        assertThat(problems()).containsExactly("relay.tokens.key: there is no file 'other' in " + keys);

        properties.put("relay.tokens.key", "good");

        assertThat(RelaySettings.read(environment()).tokens().isStored()).isTrue();
    }

    @Test
    void storesTokensInATopicOfTheirOwn(@TempDir Path keys) throws IOException {
        Files.writeString(keys.resolve("good"), Base64.getEncoder().encodeToString(new byte[32]));
        properties.put("relay.tokens.store", "topic");
        properties.put("relay.tokens.keys", keys.toString());
        properties.put("relay.tokens.key", "good");
        properties.put("relay.devices.topic", "devices");

        properties.put("relay.tokens.topic", "devices");
        assertThat(problems()).containsExactly("relay.tokens.topic: is the topic of the device directory");
        properties.put("relay.tokens.topic", "iotda-relay.dlt");
        assertThat(problems()).containsExactly("relay.tokens.topic: is the topic of dead letters");
        properties.put("relay.tokens.topic", "telemetry.meters");
        assertThat(problems())
                .singleElement()
                .asString()
                .contains("relay.routes[0].topics[0]: is the topic of the tokens");
    }

    @Test
    void reportsErrorsOfEveryRoomAtOnce() {
        properties.put("relay.iotda.sign-type", "9");
        properties.put("relay.tokens.renew-at", "9");
        properties.put("relay.lane.linger", "soon");
        properties.put(ROUTE + "to", "nowhere");
        properties.put(ROUTE + "device-id", "nothing");
        properties.put("relay.unknown", "x");

        assertThat(problems()).hasSize(6);
    }

    /** The room of a key, or the route. */
    private static String startOf(String key) {
        return key.substring(
                0, key.indexOf('.', "relay.".length()) < 0 ? key.length() : key.indexOf('.', "relay.".length()));
    }

    private List<String> problems() {
        InvalidSettingsException invalid =
                catchThrowableOfType(InvalidSettingsException.class, () -> RelaySettings.read(environment()));
        assertThat(invalid).as("the configuration is wrong").isNotNull();
        List<String> problems = new ArrayList<>();
        invalid.problems().stream().map(SettingsProblem::toString).forEach(problems::add);
        return problems;
    }

    private StandardEnvironment environment() {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        return environment;
    }
}
