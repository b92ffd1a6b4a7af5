// SPDX-License-Identifier: BSD-2-Clause

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.Version;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/** One node of OpenSearch 3, its settings given as KEY=VALUE. */
public class Launcher extends Node {

    private static final PluginInfo NETTY =
        new PluginInfo("transport-netty4", "HTTP and transport", "NA",
                       Version.CURRENT, "1.8",
                       "org.opensearch.transport.Netty4ModulePlugin", null,
                       List.of(), false);

    private Launcher(Settings settings) {
        super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(),
                  null, () -> "node"),
              List.of(NETTY), true);
    }

    public static void main(String[] args) {
        Settings.Builder builder = Settings.builder();

        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            builder.put(pair[0], pair[1]);
        }

        Settings settings = builder.build();
        LogConfigurator.configureWithoutConfig(settings);

        try {
            Node node = new Launcher(settings);
            CountDownLatch stopped = new CountDownLatch(1);

            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    node.close();
                } catch (Exception e) {
                    e.printStackTrace();
                }
                stopped.countDown();
            }));

            node.start();
            stopped.await();

        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }
}
