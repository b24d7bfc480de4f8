package io.iotdarelay.provisioning;

import static io.iotdarelay.testing.ScriptedSide.direct;
import static io.iotdarelay.testing.ScriptedSide.in;
import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.Creation.Difference;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.Device.Proof;
import io.iotdarelay.appside.Device.Status;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JudgementTest {

    @Test
    void takesWhatThePlatformTakes() {
        assertThat(Judgement.problem(request("d", "p", "n", null, null))).isEmpty();
        assertThat(Judgement.problem(request("d", "p", "n", "Zähler 1", "g"))).isEmpty();
        assertThat(Judgement.problem(request("d", "p".repeat(36), "n".repeat(64), "x".repeat(256), "g")))
                .isEmpty();
    }

    @Test
    void refusesWhatThePlatformWouldRefuse() {
        assertThat(problem("d", "", "n", null, null)).contains("no ID of a product");
        assertThat(problem("d", "p".repeat(37), "n", null, null)).contains("no ID of a product");
        assertThat(problem("d", "p/../q", "n", null, null)).contains("'p/../q'");
        assertThat(problem("d", "p", "", null, null)).contains("no node ID");
        assertThat(problem("d", "p", "n".repeat(65), null, null))
                .contains("no node ID")
                .contains("...'");
        assertThat(problem("d", "p", "n\nforged", null, null)).contains("'n forged'");
        assertThat(problem("d", "p", "n", "x".repeat(257), null)).contains("more than 256");
        assertThat(problem("d", "p", "n", "a\u0000b", null)).contains("control characters");
        assertThat(problem("d", "p", "n", " ", null)).contains("blank");
        assertThat(problem("d", "p", "n", "", null)).contains("blank");
        assertThat(problem("d", "p", "n", null, "d")).contains("its own gateway");
    }

    @Test
    void takesADeviceThatIsAsItShouldBe() {
        assertThat(obstacle(request("d", "p", "d", null, null), direct("d", "p", "s")))
                .isEmpty();
        assertThat(obstacle(request("d", "p", "other", null, null), direct("d", "p", "s"), Difference.NODE))
                .as("what it is called at home does not matter")
                .isEmpty();
        assertThat(obstacle(request("d", "p", "d", null, "g"), child("d", "g"))).isEmpty();
        assertThat(obstacle(request("d", "p", "d", null, "h"), child("d", "g"), Difference.GATEWAY))
                .as("it could be moved")
                .isEmpty();
        assertThat(obstacle(
                        request("d", "p", "d", null, null),
                        with(Proof.SECRET, Optional.empty(), Optional.of(new DeviceSecret("second")))))
                .isEmpty();
    }

    @Test
    void refusesADeviceThatIsNot() {
        ProvisionRequest request = request("d", "p", "d", null, null);
        assertThat(obstacle(request, in(Status.FROZEN, direct("d", "p", "s")))).contains("it exists, and is frozen");
        assertThat(obstacle(request, direct("d", "q", "s"), Difference.PRODUCT))
                .contains("it exists, with the product q and not p");
        assertThat(obstacle(request, child("d", "g"), Difference.GATEWAY)).contains("it exists, as a child of g");
        assertThat(obstacle(request("d", "p", "d", null, "g"), direct("d", "p", "s"), Difference.GATEWAY))
                .contains("it exists, connected directly and not as a child of g");
        assertThat(obstacle(request, with(Proof.CERTIFICATES, Optional.empty(), Optional.empty())))
                .contains("it exists, and authenticates with a certificate");
        assertThat(obstacle(request, with(Proof.SECRET, Optional.empty(), Optional.empty())))
                .contains("it exists, and the platform does not show its secret");
    }

    private static Optional<String> obstacle(ProvisionRequest request, Device there, Difference... differences) {
        return Judgement.obstacle(request, there, List.of(differences));
    }

    private static String problem(
            String id, String product, String node, @Nullable String name, @Nullable String gateway) {
        return Judgement.problem(request(id, product, node, name, gateway)).orElseThrow();
    }

    private static Device child(String id, String gateway) {
        return direct(id, "p", "s").behind(device(gateway));
    }

    private static Device with(Proof proof, Optional<DeviceSecret> first, Optional<DeviceSecret> second) {
        return new Device(device("d"), "d", "p", Optional.empty(), Status.ONLINE, proof, first, second);
    }

    static ProvisionRequest request(
            String id, String product, String node, @Nullable String name, @Nullable String gateway) {
        return new ProvisionRequest(
                "route",
                device(id),
                product,
                node,
                Optional.ofNullable(name),
                Optional.ofNullable(gateway).map(DeviceId::new));
    }
}
