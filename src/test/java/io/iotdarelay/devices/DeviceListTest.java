package io.iotdarelay.devices;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceListTest {

    @TempDir
    private Path folder;

    @Test
    void readsDevicesWithoutSecretsAndWithNames() throws IOException {
        DeviceList list = read("""
                name,device_id,secret,gateway_id,product_id,node_id,group
                "Pump, left",pump-1,,,p,n-1,north
                ,child-1,secret-1,pump-1
                """);

        assertThat(list.broken()).isEmpty();
        DeviceList.Row pump = list.rows().getFirst();
        assertThat(pump.name()).isEqualTo("Pump, left");
        assertThat(pump.secret()).isNull();
        assertThat(pump.product()).isEqualTo("p");
        assertThat(pump.node()).isEqualTo("n-1");
        assertThat(pump.group()).isEqualTo("north");
        assertThat(pump.place()).isEqualTo("line 2");
        DeviceList.Row child = list.rows().getLast();
        assertThat(child.secret()).isEqualTo(new DeviceSecret("secret-1"));
        assertThat(child.gateway()).hasToString("pump-1");
        assertThat(child.name()).isNull();
    }

    @Test
    void tellsWhichLinesAreInvalidAndNothingOfTheirContent() throws IOException {
        DeviceList list = read("""
                device_id,secret,gateway_id,product_id,node_id,group
                ,planted
                a b,planted
                a,planted,b c
                a,planted,,p q
                a,planted,,,n/
                a,planted,,,,g g
                a,planted
                a,planted
                "a
                """);

        assertThat(list.rows()).hasSize(1);
        assertThat(list.brokenRows()).isEqualTo(8);
        assertThat(list.broken())
                .contains(
                        "line 2: device_id is missing or invalid",
                        "line 4: gateway_id is invalid",
                        "line 9: the device is in the file more than once")
                .noneMatch(line -> line.contains("planted"));
    }

    @Test
    void tellsTheFirstOnly() throws IOException {
        DeviceList list = read("device_id,secret\n"
                + IntStream.range(0, 30).mapToObj(i -> "/\n").collect(Collectors.joining()));

        assertThat(list.broken()).hasSize(DeviceList.MOST_REPORTED);
        assertThat(list.brokenRows()).isEqualTo(30);
    }

    private DeviceList read(String text) throws IOException {
        return DeviceList.read(Files.writeString(folder.resolve("list.csv"), text));
    }
}
