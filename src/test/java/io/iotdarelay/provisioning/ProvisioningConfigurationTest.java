package io.iotdarelay.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.SimpleBeanDefinitionRegistry;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class ProvisioningConfigurationTest {

    /** What is no truth value is reported with all other wrong settings. */
    @ParameterizedTest
    @CsvSource({
        "true,  https://platform.example, true",
        "TRUE,  https://platform.example, true",
        "on,    https://platform.example, true",
        "yes,   https://platform.example, true",
        "1,     https://platform.example, true",
        "false, https://platform.example, false",
        "off,   https://platform.example, false",
        "'',    https://platform.example, false",
        "maybe, https://platform.example, false",
        "true,  '',                       false"
    })
    void thePlatformIsASourceHoweverThatIsWritten(String platform, String endpoint, boolean exists) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "test", Map.of("relay.devices.platform", platform, "relay.platform.endpoint", endpoint)));
        SimpleBeanDefinitionRegistry beans = new SimpleBeanDefinitionRegistry();

        new AnnotatedBeanDefinitionReader(beans, environment).register(ProvisioningConfiguration.class);

        assertThat(beans.containsBeanDefinition("provisioningConfiguration")).isEqualTo(exists);
    }
}
