package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlatformPropertiesTest {

    @Test
    void choosesTheSchemeByTheHost() {
        assertThat(Configured.at("https://abc.st1.iotda-app.cn-north-4.myhuaweicloud.com")
                        .properties()
                        .scheme())
                .isEqualTo(new Scheme.Derived("cn-north-4", "iotdm"));
        assertThat(Configured.at("https://iotda.cn-north-4.myhuaweicloud.com:443/")
                        .properties()
                        .scheme())
                .isEqualTo(new Scheme.Ordinary());
    }

    @Test
    void signsTheHostThatIsSent() {
        assertThat(Configured.at("https://platform.example:443/").properties().origin())
                .satisfies(origin -> {
                    assertThat(origin.authority()).isEqualTo("platform.example");
                    assertThat(origin.text()).isEqualTo("https://platform.example:443");
                });
        assertThat(Configured.at("https://platform.example:8443")
                        .properties()
                        .origin()
                        .authority())
                .isEqualTo("platform.example:8443");
    }

    @Test
    void printsNoKey() {
        assertThat(Configured.at("https://platform.example").properties())
                .hasToString(
                        "PlatformProperties[endpoint=https://platform.example, projectId=" + Configured.PROJECT + "]");
    }
}
