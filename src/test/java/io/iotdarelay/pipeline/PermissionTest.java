package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.mapping.PermittedDevices;
import io.iotdarelay.pipeline.Permission.Answer;
import io.iotdarelay.testing.MapDirectory;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PermissionTest {

    private static final PermittedDevices BEGINS_WITH_A = new PermittedDevices("a-", null, null);
    private static final PermittedDevices OF_TEAM_A = new PermittedDevices(null, null, "a");
    private static final Answer PERMITTED = new Answer.Permitted();

    private final MapDirectory directory = new MapDirectory()
            .with("a-1", "secret")
            .with("b-1", "secret")
            .with("none", "secret")
            .with("a-gateway", "secret")
            .with("b-gateway", "secret")
            .withChild("a-child", "a-gateway")
            .withChild("a-guest", "b-gateway")
            .withChild("b-child", "b-gateway")
            .inGroup("a", "a-1", "a-gateway", "a-child", "a-guest")
            .inGroup("b", "b-1", "b-gateway", "b-child");

    private final Permission permission = new Permission(directory);

    @Test
    void permitsEverythingWithoutARule() {
        assertThat(permission.of(PermittedDevices.ALL, child("anybody", "else", "{}")))
                .isEqualTo(PERMITTED);
    }

    @Test
    void permitsByTheId() {
        assertThat(permission.of(BEGINS_WITH_A, properties("a-1", "{}"))).isEqualTo(PERMITTED);
        assertThat(permission.of(BEGINS_WITH_A, message("a-new", "{}"))).isEqualTo(PERMITTED);
        assertThat(permission.of(BEGINS_WITH_A, message("b-1", "{}"))).isEqualTo(refused("b-1"));
    }

    @Test
    void permitsByTheGroup() {
        assertThat(permission.of(OF_TEAM_A, properties("a-1", "{}"))).isEqualTo(PERMITTED);
        assertThat(permission.of(OF_TEAM_A, properties("b-1", "{}"))).isEqualTo(refused("b-1"));
        assertThat(permission.of(OF_TEAM_A, properties("none", "{}"))).isEqualTo(refused("none"));
        assertThat(permission.of(OF_TEAM_A, properties("a-new", "{}"))).isEqualTo(new Answer.Unknown(device("a-new")));
    }

    /** The gateway authenticates: who may not speak for it must not use its token, unless the directory says that it carries the child. */
    @Test
    void permitsAGatewayLikeADeviceUnlessTheDirectoryNamesItForTheChild() {
        for (PermittedDevices rule : new PermittedDevices[] {BEGINS_WITH_A, OF_TEAM_A}) {
            assertThat(permission.of(rule, child("a-gateway", "a-child", "{}"))).isEqualTo(PERMITTED);
            assertThat(permission.of(rule, child("b-gateway", "a-guest", "{}"))).isEqualTo(PERMITTED);
            assertThat(permission.of(rule, child("b-gateway", "a-child", "{}"))).isEqualTo(refused("b-gateway"));
            assertThat(permission.of(rule, child("a-gateway", "b-child", "{}"))).isEqualTo(refused("b-child"));
            assertThat(permission.of(rule, child("b-gateway", "b-child", "{}"))).isEqualTo(refused("b-child"));
        }
        assertThat(permission.of(BEGINS_WITH_A, child("a-gateway", "a-new", "{}")))
                .isEqualTo(PERMITTED);
        assertThat(permission.of(BEGINS_WITH_A, child("b-gateway", "a-new", "{}")))
                .isEqualTo(refused("b-gateway"));
        assertThat(permission.of(OF_TEAM_A, child("a-gateway", "a-new", "{}")))
                .isEqualTo(new Answer.Unknown(device("a-new")));
    }

    @Test
    void asksForTheIdsAloneWithoutADirectory() {
        Permission without = new Permission(Optional.empty());

        assertThat(without.of(OF_TEAM_A, properties("b-1", "{}"))).isEqualTo(PERMITTED);
        assertThat(without.of(BEGINS_WITH_A, child("gateway", "a-1", "{}"))).isEqualTo(PERMITTED);
        assertThat(without.of(BEGINS_WITH_A, child("gateway", "b-1", "{}"))).isEqualTo(refused("b-1"));
    }

    private static Answer refused(String device) {
        return new Answer.Refused(device(device));
    }
}
