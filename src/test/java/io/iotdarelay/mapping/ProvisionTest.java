package io.iotdarelay.mapping;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.StrictJson;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Provision;
import io.iotdarelay.telemetry.ProvisionRequest;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ProvisionTest {

    private static final String DIRECT = """
            to: message
            device-id: /id
            """;

    private static final String CHILD = """
            to: gateway
            device-id: /id
            gateway-id: /gw
            services-from: /s
            """;

    private static final String SMALLEST = "provision: { ids: 'm-.*', product-id: p1 }\n";

    private static final String WHOLE = """
            provision:
              ids: m-.*
              product-id: "{/model}"
              node-id: /serial
              name: { from: /name, optional: true }
              most-per-hour: 5
              dry-run: true
              change-gateway: true
              gateway:
                ids: g-.*
                product-id-from: { from: /type, map: { a: pa } }
                node-id: "node-{/gw}"
                name: /gw
            """;

    @Test
    void isOffUnlessARouteSaysSo() {
        Route route = RouteYaml.route(DIRECT);

        assertThat(route.provisioning()).isEmpty();
        assertThat(provisions(route, "{'id':'m-1'}")).isEmpty();
    }

    @Test
    void describesADeviceByLittle() {
        Route route = RouteYaml.route(DIRECT + SMALLEST);

        assertThat(provisions(route, "{'id':'m-1'}"))
                .containsExactly(
                        new ProvisionRequest("r", device("m-1"), "p1", "m-1", Optional.empty(), Optional.empty()));
        assertThat(route.provisioning()).hasValueSatisfying(allowed -> {
            assertThat(allowed.mostPerHour()).isEqualTo(100);
            assertThat(allowed.dryRun()).isFalse();
            assertThat(allowed.changeGateway()).isFalse();
        });
    }

    @Test
    void describesAChildAndItsGateway() {
        Route route = RouteYaml.route(CHILD + WHOLE);

        assertThat(provisions(route, """
                {'id':'m-1','gw':'g-1','model':'p_2','serial':7,'name':'Pump','type':'a','s':[{'service_id':'S','properties':{'v':1}}]}"""))
                .containsExactly(
                        new ProvisionRequest(
                                "r", device("m-1"), "p_2", "7", Optional.of("Pump"), Optional.of(device("g-1"))),
                        new ProvisionRequest(
                                "r", device("g-1"), "pa", "node-g-1", Optional.of("g-1"), Optional.empty()));
        assertThat(route.provisioning()).hasValueSatisfying(allowed -> {
            assertThat(allowed.mostPerHour()).isEqualTo(5);
            assertThat(allowed.dryRun()).isTrue();
            assertThat(allowed.changeGateway()).isTrue();
        });
    }

    @Test
    void createsNoGatewayWithoutARule() {
        Route route = RouteYaml.route(CHILD + SMALLEST);

        assertThat(provisions(route, "{'id':'m-1','gw':'g-1','s':[{'service_id':'S','properties':{'v':1}}]}"))
                .extracting(Provision::device)
                .containsExactly(device("m-1"));
    }

    /** Each element has its own device. */
    @Test
    void describesTheDeviceOfEachElement() {
        Route route = RouteYaml.route("""
                to: message
                device-id: ./id
                each: /all
                provision: { ids: '.*', product-id: p1, node-id: ./n }
                """);

        assertThat(provisions(route, "{'all':[{'id':'a','n':'x'},{'id':'b','n':'y'},{'id':'c'}]}"))
                .containsExactly(
                        new ProvisionRequest("r", device("a"), "p1", "x", Optional.empty(), Optional.empty()),
                        new ProvisionRequest("r", device("b"), "p1", "y", Optional.empty(), Optional.empty()),
                        new Provision.Impossible(device("c"), "provision node-id: ./n finds nothing"));
    }

    @Test
    void describesTheDeviceOfProperties() {
        Route route = RouteYaml.route("to: properties\ndevice-id: /id\nservices-from: /s\n" + SMALLEST);

        assertThat(provisions(route, "{'id':'m-1','s':[{'service_id':'S','properties':{'v':1}}]}"))
                .hasSize(1);
        assertThat(provisions(route, "{'id':'m-1','s':[]}"))
                .as("nothing to report")
                .isEmpty();
        assertThat(provisions(route, "{'s':[{'service_id':'S','properties':{'v':1}}]}"))
                .as("no device")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'id':'x-1','model':'p','serial':1,'name':'n'}    | its ID is none of those that the route creates (provision.ids)
            {'id':'m-1','serial':1,'name':'n'}                | provision product-id: /model finds nothing
            {'id':'m-1','model':{},'serial':1,'name':'n'}     | provision product-id: expected text, got object
            {'id':'m-1','model':'p','name':'n'}               | provision node-id: /serial finds nothing
            {'id':'m-1','model':'p','serial':1,'name':[1]}    | provision name: expected text, got array
            """)
    void saysWhatIsMissing(String value, String why) {
        Route route = RouteYaml.route(CHILD + WHOLE);

        assertThat(provisions(
                        route,
                        value.substring(0, value.length() - 1)
                                + ",'gw':'g-1','s':[{'service_id':'S','properties':{'v':1}}]}"))
                .first()
                .satisfies(provision -> assertThat(why(provision)).startsWith(why.strip()));
    }

    @Test
    void aNameMayBeLeftOut() {
        Route route = RouteYaml.route(CHILD + WHOLE);

        assertThat(provisions(
                        route,
                        "{'id':'m-1','gw':'g-1','model':'p','serial':1,'s':[{'service_id':'S','properties':{'v':1}}]}"))
                .first()
                .isInstanceOfSatisfying(
                        ProvisionRequest.class,
                        request -> assertThat(request.name()).isEmpty());
    }

    /** Nothing long of a hostile record is kept while it waits. */
    @Test
    void keepsNothingLong() {
        Route route = RouteYaml.route(DIRECT + "provision: { ids: '.*', product-id: p1, node-id: /n, name: /name }");

        assertThat(provisions(route, "{'id':'m-1','n':'1','name':'" + "x".repeat(257) + "'}"))
                .containsExactly(
                        new Provision.Impossible(device("m-1"), "provision name: it has more than 256 characters"));
        assertThat(provisions(route, "{'id':'m-1','n':'1','name':'" + "x".repeat(256) + "'}"))
                .hasOnlyElementsOfType(ProvisionRequest.class);
    }

    @Test
    void permitsIdsAsAWholeAndThoseOfGatewaysByTheirOwnRule() {
        Provisioning allowed = RouteYaml.route(CHILD + WHOLE).provisioning().orElseThrow();
        Provisioning children = RouteYaml.route(CHILD + SMALLEST).provisioning().orElseThrow();
        Provisioning direct = RouteYaml.route(DIRECT + SMALLEST).provisioning().orElseThrow();

        assertThat(allowed.permits(request("m-1", "g-1"))).isTrue();
        assertThat(allowed.permits(request("xm-1", "g-1"))).isFalse();
        assertThat(allowed.permits(request("g-1", null))).isTrue();
        assertThat(allowed.permits(request("m-1", null))).isFalse();
        assertThat(children.permits(request("m-1", null))).as("a gateway").isFalse();
        assertThat(direct.permits(request("m-1", null))).isTrue();
    }

    /** An unknown name that the route may not speak for waits, because it may be what records call another device. It is not created. */
    @Test
    void createsNoDeviceThatTheRouteMayNotSpeakFor() {
        Route route =
                RouteYaml.route(CHILD + "devices: { prefix: m- }\n" + WHOLE.replaceAll("ids: [mg]-\\.\\*", "ids: .*"));
        String why = "the route may not speak for it (relay.routes[].devices)";

        assertThat(
                        provisions(
                                route,
                                "{'id':'x-1','gw':'m-g','model':'p','serial':1,'type':'a','s':[{'service_id':'S','properties':{'v':1}}]}"))
                .first()
                .isEqualTo(new Provision.Impossible(device("x-1"), why));
        assertThat(
                        provisions(
                                route,
                                "{'id':'m-1','gw':'g-1','model':'p','serial':1,'type':'a','s':[{'service_id':'S','properties':{'v':1}}]}"))
                .last()
                .isEqualTo(new Provision.Impossible(device("g-1"), why));
        assertThat(
                        provisions(
                                route,
                                "{'id':'m-1','gw':'g-1','model':'p','serial':1,'type':'a','s':[{'service_id':'S','properties':{'v':1}}]}"))
                .as("behind another team's gateway")
                .first()
                .isEqualTo(new Provision.Impossible(
                        device("m-1"), "the route may not speak for its gateway (relay.routes[].devices)"));
        Provisioning allowed = route.provisioning().orElseThrow();
        assertThat(allowed.permits(request("m-1", "g-1"))).isFalse();
        assertThat(allowed.permits(request("x-1", "m-g"))).isFalse();
        assertThat(allowed.permits(request("m-1", "m-g"))).isTrue();
        assertThat(RouteYaml.problems(DIRECT + "devices: { group: team-a }\n" + SMALLEST))
                .singleElement()
                .asString()
                .startsWith("provision: is not allowed together with devices.group");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { product-id: p }                               | provision.ids: is required: a regular expression
            { ids: '(', product-id: p }                     | provision.ids: is not a regular expression
            { ids: a }                                      | provision.product-id: the ID of the new devices' product is required
            { ids: a, product-id: p, product-id-from: /p }  | provision.product-id: the ID of the new devices' product is required
            { ids: a, product-id: /p }                      | provision.product-id: '/p' is no ID of a product
            { ids: a, product-id: "{/p" }                   | provision.product-id:
            { ids: a, product-id-from: p }                  | provision.product-id-from:
            { ids: a, product-id: p, node-id: x }           | provision.node-id:
            { ids: a, product-id: p, node-id: { from: /x, optional: true } } | provision.node-id.optional: is allowed
            { ids: a, product-id: p, name: x }              | provision.name:
            { ids: a, product-id: p, most-per-hour: 0 }     | provision.most-per-hour: must be between 1 and 100000
            { ids: a, product-id: p, most-per-hour: 100001 } | provision.most-per-hour: must be between 1 and 100000
            { ids: a, product-id: p, change-gateway: true } | provision.change-gateway: is allowed for 'to: gateway' only
            { ids: a, product-id: p, gateway: { ids: b, product-id: q } } | provision.gateway: is allowed for 'to: gateway' only
            """)
    void isCheckedBeforeTheFirstRecord(String provision, String problem) {
        assertThat(RouteYaml.problems(DIRECT + "provision: " + provision))
                .singleElement()
                .asString()
                .startsWith(problem.strip());
    }

    @Test
    void aGatewayIsCheckedAsADeviceIs() {
        assertThat(RouteYaml.problems(CHILD + "provision: { ids: a, product-id: p, gateway: { product-id: q } }"))
                .singleElement()
                .asString()
                .startsWith("provision.gateway.ids: is required");
        assertThat(RouteYaml.problems(CHILD.replace("gateway-id: /gw\n", "") + SMALLEST))
                .singleElement()
                .asString()
                .startsWith("provision: needs gateway-id");
    }

    /** Where the gateway is wrong, the route must not create children only. */
    @Test
    void leavesNoRuleWhereSomethingIsWrong() {
        List<String> problems = new ArrayList<>();
        CompilerContext context = new CompilerContext(
                (holds, path, message) -> {
                    if (!holds) {
                        problems.add(path);
                    }
                },
                new KeyAndHeaderFormats(KeyFormat.TEXT, RouteProperties.HeaderFormat.TEXT),
                0);
        RouteProperties wrong =
                RouteYaml.properties(CHILD + "provision: { ids: a, product-id: p, gateway: { ids: b } }");

        assertThat(new ProvisionCompiler(context).compile("path", "r", wrong, PermittedDevices.ALL))
                .isNull();
        assertThat(problems).containsExactly("path.gateway.product-id");
    }

    @Test
    void isExplained() {
        RouteProperties route = RouteYaml.properties(CHILD + WHOLE);
        String value = "{'id':'m-1','gw':'g-1','model':'p','serial':1,'name':'n','type':'a'}";

        assertThat(Explanation.of(route, record(), tree(value)))
                .extracting(explanation -> explanation.target() + "=" + explanation.value())
                .contains(
                        "provision product-id=\"p\"",
                        "provision node-id=1",
                        "provision name=\"n\"",
                        "provision gateway product-id=\"pa\"",
                        "provision gateway node-id=\"node-g-1\"",
                        "provision gateway name=\"g-1\"");
        assertThat(Explanation.of(RouteYaml.properties(DIRECT + SMALLEST), record(), tree(value)))
                .extracting(Explanation::target)
                .containsExactly("device-id");
    }

    @Test
    void findsWhatIsSaidAboutADevice() {
        Provision first = new Provision.Impossible(device("a"), "why");
        Provision second = new Provision.Impossible(device("b"), "why");

        assertThat(Provision.of(device("b"), List.of(first, second))).contains(second);
        assertThat(Provision.of(device("c"), List.of(first, second))).isEmpty();
    }

    private static String why(Provision provision) {
        return provision instanceof Provision.Impossible impossible ? impossible.why() : "";
    }

    private static ProvisionRequest request(String id, @Nullable String gateway) {
        return new ProvisionRequest(
                "r",
                device(id),
                "p",
                "n",
                Optional.empty(),
                Optional.ofNullable(gateway).map(DeviceId::new));
    }

    private static List<Provision> provisions(Route route, String value) {
        Mapping mapping = route.map(record(), tree(value));
        return ((Mapping.Reports) mapping)
                .parts().stream().flatMap(part -> part.provisions().stream()).toList();
    }

    private static SourceRecord record() {
        return new SourceRecord(
                new RecordPosition("topic", 0, 1), Instant.parse("2026-11-30T12:00:00Z"), null, null, List.of());
    }

    private static JsonNode tree(String value) {
        return StrictJson.tree(value.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
