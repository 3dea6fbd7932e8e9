"""Word stock for invented organisations and people."""

from typing import Final

# Two characters and how they are written in the English name.
STEMS: Final = (
    ("澜芯", "Lanxin"), ("澄湖", "Chenghu"), ("溪谱", "Xipu"), ("云枢", "Yunshu"),
    ("浅海", "Qianhai"), ("恒序", "Hengxu"), ("青禾", "Qinghe"), ("启明", "Qiming"),
    ("拓界", "Tuojie"), ("湖图", "Hutu"), ("微澜", "Weilan"), ("知衡", "Zhiheng"),
    ("曜石", "Yaoshi"), ("望舒", "Wangshu"), ("极光", "Jiguang"), ("星砂", "Xingsha"),
    ("南屏", "Nanping"), ("见微", "Jianwei"), ("予光", "Yuguang"), ("元穗", "Yuansui"),
    ("析木", "Ximu"), ("鹿鸣", "Luming"), ("远岫", "Yuanxiu"), ("临川", "Linchuan"),
    ("聚芒", "Jumang"), ("若水", "Ruoshui"), ("磐行", "Panxing"), ("芥子", "Jiezi"),
    ("方圆里", "Fangyuanli"), ("瞻原", "Zhanyuan"),
)  # fmt: skip

# industry, Chinese field, English field
FIELDS: Final = (
    ("semiconductor", "微电子", "Microelectronics"),
    ("biomedicine", "生物", "Biosciences"),
    ("nanotech", "纳米科技", "Nanotech"),
    ("ai", "智能", "Intelligence"),
    ("new_materials", "新材料", "Materials"),
    ("robotics", "机器人", "Robotics"),
    ("new_energy", "新能源", "Energy"),
    ("software", "数据", "Data"),
    ("photonics", "光电", "Photonics"),
    ("biomedicine", "医疗", "Medical"),
    ("culture", "文化创意", "Creative"),
    ("professional", "知识产权", "IP Services"),
)

UNIVERSITIES: Final = (
    ("澄湖大学独墅湖校区", "Chenghu University, Dushu Lake Campus"),
    ("江左理工大学研究生院", "Jiangzuo Institute of Technology Graduate School"),
    ("东吴湖滨学院", "Lakeshore College"),
    ("苏纳国际大学", "Suna International University"),
    ("沧浪工业大学创新学院", "Canglang Polytechnic, School of Innovation"),
    ("三江医科大学转化医学院", "Sanjiang Medical University, Translational School"),
    ("云栖职业技术大学", "Yunqi University of Applied Sciences"),
    ("北渚大学苏州研究院", "Beizhu University Research School"),
    ("联合科学与设计大学", "United University of Science and Design"),
)

RESEARCH_FIELDS: Final = (
    ("纳米技术", "Nanotechnology"), ("生物医学工程", "Biomedical Engineering"),
    ("先进封装", "Advanced Packaging"), ("智能传感", "Intelligent Sensing"),
    ("脑机接口", "Brain–Computer Interfaces"), ("第三代半导体", "Wide-bandgap Semiconductors"),
    ("合成生物", "Synthetic Biology"), ("量子计量", "Quantum Metrology"),
    ("柔性电子", "Flexible Electronics"), ("计算材料", "Computational Materials"),
    ("核酸药物", "Nucleic-acid Medicine"), ("氢能装备", "Hydrogen Systems"),
    ("医学影像", "Medical Imaging"), ("微纳加工", "Micro and Nano Fabrication"),
    ("环境健康", "Environmental Health"), ("工业软件", "Industrial Software"),
    ("细胞治疗", "Cell Therapy"), ("光子芯片", "Photonic Chips"),
    ("绿色化工", "Green Chemistry"), ("水生态", "Aquatic Ecology"),
    ("城市数字孪生", "Urban Digital Twins"),
)  # fmt: skip

HARBOUR_NAMES: Final = (
    ("Saltmarsh Robotics", "robotics"),
    ("Tidal Loom", "new_energy"),
    ("Keel and Copper", "culture"),
    ("Brightwater Sensing", "photonics"),
    ("Fathom Data", "software"),
    ("Copperline Health", "biomedicine"),
    ("Gannet Drones", "robotics"),
    ("Northquay Materials", "new_materials"),
    ("Lantern Games", "culture"),
    ("Slipway Studio", "culture"),
    ("Harrier Power", "new_energy"),
    ("Cobalt Legal", "professional"),
)
HARBOUR_BODIES: Final = (
    "University of the Solent Shore",
    "Marine Autonomy Institute",
    "Coastal Materials Laboratory",
)

SURNAMES: Final = [
    "顾",
    "陆",
    "沈",
    "潘",
    "钱",
    "葛",
    "范",
    "殷",
    "尤",
    "秦",
    "施",
    "蒋",
    "韩",
    "杨",
    "吴",
    "郑",
    "冯",
    "陶",
    "严",
    "金",
    "戚",
    "柏",
    "章",
    "苏",
    "俞",
]
GIVEN: Final = (
    "思齐 亦舟 景行 明澈 若谷 听澜 书衡 子衿 云起 知夏 望川 怀瑾 言蹊 清扬 朗月 予墨 令仪 修远 "
    "以南 砚秋 星野 安歌 行简 疏桐"
).split()
EN_FIRST: Final = "Ada Bram Cleo Dara Edda Finn Greta Hugo Isla Jonas Kira Lars Nora Otis".split()
EN_LAST: Final = "Ashdown Birkett Calloway Dunmore Elswick Fenwick Garrow Hollis Inskip".split()
